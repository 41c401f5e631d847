import { createPublicKey } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import type { Disk } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';
import type { Signer } from '#core/signer.ts';
import { type Algorithm, generateKey, type KeyFile, keyFileSchema, openKey } from './private-key.ts';
import { type TrustedKey, trustFileSchema, trustKey } from './trust.ts';

export type Purpose = TrustedKey['purpose'];

/** How a new key is made. */
export interface KeyWish {
  readonly purpose: Purpose;
  readonly algorithm: Algorithm;
  /** Whose it is: what policies compare `signedBy` with. */
  readonly name: string;
  readonly now: Date;
  readonly passphrase?: Secret;
}

/** The keys in the user's own folder, and the public keys that the user trusts. */
export interface KeyStore {
  /** The trusted public key of the current private key; `undefined` where there is none. */
  current(purpose: Purpose): TrustedKey | undefined;
  /** Whether a passphrase is needed to sign. */
  isSealed(purpose: Purpose): boolean;
  /** @throws SluiceError `key-missing`, `key-exposed`, `key-invalid`, `passphrase-wrong` */
  signer(purpose: Purpose, passphrase: () => Promise<Secret>): Promise<Signer>;
  /** @throws SluiceError `key-exists` */
  create(wish: KeyWish): Promise<TrustedKey>;
  /** A new key takes the place of the current one, whose private half is gone and whose public half counts until now. */
  rotate(wish: KeyWish): Promise<TrustedKey>;
  /** Own keys, present and past, and those of others; by name, purpose and age. */
  trusted(): readonly TrustedKey[];
  /** Adds a key, or changes what is known of it. */
  trust(key: TrustedKey): void;
}

/**
 * Opens the store in a folder, which need not exist: reading one that is not there finds nothing.
 *
 * @throws SluiceError `key-invalid` for files that are not what they should be, when they are read
 */
export function openKeyStore(folder: string, disk: Disk): KeyStore {
  const keyFile = (purpose: Purpose): string => join(folder, 'keys', `${purpose}.json`);
  const trustFile = join(folder, 'trusted-keys.json');
  const readKey = (purpose: Purpose): KeyFile | undefined => readChecked(keyFile(purpose), keyFileSchema, true);
  const trusted = (): readonly TrustedKey[] => readChecked(trustFile, trustFileSchema, false)?.keys ?? [];
  const save = (keys: readonly TrustedKey[]): void => {
    prepare(folder);
    const sorted = keys.toSorted(byOwner);
    disk.write(trustFile, `${JSON.stringify({ version: 1, keys: sorted }, null, 2)}\n`);
  };
  /** Two that make the first key at once would each lose what the other wrote. */
  const alone = async (work: () => Promise<TrustedKey>): Promise<TrustedKey> => {
    prepare(folder);
    return await disk.alone(join(folder, 'keys.lock'), 'your keys', work);
  };
  const store = async (wish: KeyWish, others: readonly TrustedKey[]): Promise<TrustedKey> => {
    const file = await generateKey(wish.algorithm, wish.now, wish.passphrase);
    const held = await openHeld(file, wish.passphrase);
    const added = trustKey(createPublicKey(held.publicKey), wish.name, wish.purpose, wish.now);
    // Trusted before it signs: after a crash in between there is a key too many in the list, not evidence that nobody trusts.
    save([...others, added]);
    prepare(join(folder, 'keys'));
    disk.write(keyFile(wish.purpose), `${JSON.stringify(file, null, 2)}\n`);
    return added;
  };
  return {
    current: (purpose) => trusted().find(({ keyId }) => keyId === readKey(purpose)?.keyId),
    isSealed: (purpose) => 'kdf' in (readKey(purpose)?.privateKey ?? {}),
    signer: async (purpose, passphrase) => await openKey(readKey(purpose) ?? missing(purpose), passphrase),
    create: (wish) =>
      alone(async () => {
        if (readKey(wish.purpose) === undefined) return await store(wish, trusted());
        const hint = 'Use `sluice evidence key rotate` to replace it.';
        throw new SluiceError('key-exists', `there is a key for ${wish.purpose} already`, { hint });
      }),
    rotate: (wish) =>
      alone(async () => {
        const old = readKey(wish.purpose) ?? missing(wish.purpose);
        const validUntil = wish.now.toISOString();
        return await store(
          wish,
          trusted().map((key) => (key.keyId === old.keyId ? { ...key, validUntil } : key)),
        );
      }),
    trusted,
    trust: (key) => save([...trusted().filter(({ keyId }) => keyId !== key.keyId), key]),
  };
}

const byOwner = (a: TrustedKey, b: TrustedKey): number =>
  order(a.name, b.name) || order(a.purpose, b.purpose) || order(a.validFrom, b.validFrom) || order(a.keyId, b.keyId);

const openHeld = async (file: KeyFile, passphrase: Secret | undefined): Promise<Signer> =>
  await openKey(file, async () => passphrase ?? missing('evidence'));

function missing(purpose: Purpose): never {
  const hint = 'Make one with `sluice evidence key create`.';
  throw new SluiceError('key-missing', `there is no key for ${purpose} yet`, { hint });
}

function prepare(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'win32') chmodSync(folder, 0o700);
}

function readChecked<S extends z.ZodType>(file: string, schema: S, secret: boolean): z.output<S> | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (secret && process.platform !== 'win32' && (stats.mode & 0o077) !== 0) {
    const hint = `Others may have read it: rotate the key, or \`chmod 600 ${file}\` if nobody else is on this machine.`;
    throw new SluiceError('key-exposed', `${file} can be read by others`, { hint });
  }
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new SluiceError('key-invalid', `${file} is not what it should be`, { cause });
  }
}
