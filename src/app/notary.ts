import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { disk } from '#adapters/disk.ts';
import { SluiceError } from '#core/error.ts';
import type { Clock } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import type { Signer } from '#core/signer.ts';
import type { Statement } from '#core/statement.ts';
import type { BundleJson } from '#evidence/bundle.ts';
import type { KeyStore, Purpose } from '#evidence/keys/key-store.ts';
import { type Ledger, type LedgerParts, openLedger, type Receipt } from '#evidence/ledger/ledger.ts';
import type { LedgerMemory } from '#evidence/ledger/memory.ts';
import { signStatement, type Witness } from '#evidence/sign.ts';
import { ledgerFolder, userFolder } from './home.ts';
import { ownKeys, ownMemory } from './own-evidence.ts';
import { refuseLinkedState } from './state-guard.ts';
import { outputFailed } from './written.ts';

/** What a notary works with. Everything but the clock has a default. */
export interface NotaryOptions {
  readonly clock: Clock;
  /** The user's own folder, instead of the one of the environment. */
  readonly home?: string;
  /** Asked only when a key is sealed; by default `SLUICE_KEY_PASSPHRASE`. */
  readonly passphrase?: () => Promise<Secret>;
  /** Instead of the key in the user's folder: a certificate of Fulcio, a key management service. */
  readonly signer?: Signer;
  readonly witnesses?: readonly Witness[];
}

/** Signs statements and keeps them in the ledger of a repository. */
export interface Notary {
  /** The key that statements are signed with. */
  readonly signer: Signer;
  readonly ledger: string;
  sign(statement: Statement): Promise<BundleJson>;
  /**
   * Signs statements and takes them into the ledger, all or none: when it resolves, a power cut loses none of them.
   *
   * @throws Refusal `statement-replayed` for one that is there already, and `ledger-…` for a ledger that was altered
   */
  record(statements: readonly Statement[]): Promise<Recorded>;
}

export interface Recorded extends Receipt {
  /** As they stand in the ledger, in the order of the statements. */
  readonly bundles: readonly BundleJson[];
}

/**
 * The notary of a repository. Keys are made the first time; the ledger, with the first record.
 *
 * @throws SluiceError `key-exposed`, `key-invalid`, `passphrase-missing`, `passphrase-wrong`
 */
export async function openNotary(repository: string, options: NotaryOptions): Promise<Notary> {
  const home = options.home ?? userFolder();
  const keys = ownKeys(home);
  const passphrase = options.passphrase ?? passphraseOf(process.env);
  const signer = options.signer ?? (await ownSigner(keys, 'evidence', options.clock, passphrase));
  const folder = ledgerFolder(repository);
  let ledger: Ledger | undefined;
  const opened = async (): Promise<Ledger> => {
    prepareState(repository);
    return await openLedger(folder, await ledgerParts(keys, ownMemory(home), options.clock, passphrase));
  };
  const sign = async (statement: Statement): Promise<BundleJson> =>
    await signStatement(statement, signer, options.witnesses);
  return {
    signer,
    ledger: folder,
    sign,
    record: async (statements) => {
      const bundles = await Promise.all(statements.map(sign));
      const receipt = await written(async () => {
        // Open from one record to the next, since opening reads what is there.
        ledger = ledger ?? (await opened());
        return await ledger.append(bundles);
      });
      return { ...receipt, bundles };
    },
  };
}

/** @throws SluiceError `output-failed` for a full disk, or a folder that may not be written to */
async function written<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (typeof (cause as NodeJS.ErrnoException).syscall !== 'string') throw cause;
    throw outputFailed('cannot write to the ledger', cause);
  }
}

/** What opening a ledger for appending takes, with the user's ledger key, made if there is none. */
export async function ledgerParts(
  keys: KeyStore,
  memory: LedgerMemory,
  clock: Clock,
  passphrase: () => Promise<Secret>,
): Promise<LedgerParts> {
  const signer = await ownSigner(keys, 'ledger', clock, passphrase);
  return { signer, keys: ledgerKeys(keys), clock, disk, memory };
}

/** The public keys whose checkpoints count. */
export const ledgerKeys = (keys: KeyStore): string[] =>
  keys
    .trusted()
    .filter(({ purpose, revoked }) => purpose === 'ledger' && revoked !== true)
    .map(({ publicKey }) => publicKey);

async function ownSigner(
  keys: KeyStore,
  purpose: Purpose,
  clock: Clock,
  passphrase: () => Promise<Secret>,
): Promise<Signer> {
  if (keys.current(purpose) === undefined) await firstKey(keys, purpose, clock);
  return await keys.signer(purpose, passphrase);
}

/** Another job may make it at the same time: then theirs is the one. */
async function firstKey(keys: KeyStore, purpose: Purpose, clock: Clock): Promise<void> {
  const algorithm = purpose === 'ledger' ? 'ed25519' : 'ecdsa-p256';
  try {
    await keys.create({ purpose, algorithm, name: ownName(), now: clock.now() });
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'key-exists') throw error;
  }
}

/** Whose a key is, where nobody said: `user@machine`. */
export const ownName = (): string => `${userInfo().username}@${hostname()}`;

/** The passphrase of the environment, or a mistake that says where to put it. */
export function passphraseOf(environment: Readonly<Record<string, string | undefined>>): () => Promise<Secret> {
  return async () => {
    const { SLUICE_KEY_PASSPHRASE: value } = environment;
    if (value !== undefined && value !== '') return new Secret(value);
    const hint = 'Set SLUICE_KEY_PASSPHRASE, or run it in a terminal.';
    throw new SluiceError('passphrase-missing', 'the key is sealed with a passphrase', { hint });
  };
}

/** `.sluice/` keeps itself out of git, but for the workflows that people write there. */
export function prepareState(repository: string): void {
  const folder = join(repository, '.sluice');
  refuseLinkedState(repository);
  mkdirSync(folder, { recursive: true });
  const ignore = join(folder, '.gitignore');
  if (!existsSync(ignore)) appendFileSync(ignore, '/*\n!/workflows/\n');
}
