import { readFileSync } from 'node:fs';
import { systemClock } from '#adapters/clock.ts';
import { SluiceError } from '#core/error.ts';
import { Refusal } from '#core/refusal.ts';
import type { Secret } from '#core/secret.ts';
import type { Digest, JsonObject, Statement } from '#core/statement.ts';
import { type BundleJson, readBundle } from '#evidence/bundle.ts';
import { statementOf } from '#evidence/envelope.ts';
import { isObject, parseJson } from '#evidence/json.ts';
import { type Audit, auditLedger } from '#evidence/ledger/audit.ts';
import { digestNames, type Entry, entryFor, parseEntry } from '#evidence/ledger/entry.ts';
import { openLedger, type Receipt } from '#evidence/ledger/ledger.ts';
import type { LedgerMemory } from '#evidence/ledger/memory.ts';
import { inclusionProof } from '#evidence/ledger/merkle.ts';
import { parseCheckpoint, verifierKey } from '#evidence/ledger/note.ts';
import { type LedgerReading, type ReadOptions, readLedger } from '#evidence/ledger/read.ts';
import { predicateName, predicateType } from '#evidence/statements/parse.ts';
import { verifyBundle } from '#evidence/verify.ts';
import { ledgerFolder, userFolder } from './home.ts';
import { ledgerKeys, ledgerParts, prepareState } from './notary.ts';
import { ownKeys, ownMemory } from './own-evidence.ts';
import { trustOf } from './trust.ts';

/** One line of the log. */
export interface LoggedEntry {
  readonly index: number;
  readonly at: string;
  /** The name of the predicate type, or its URI. */
  readonly type: string;
  readonly subjects: readonly { readonly name: string; readonly digest: Digest }[];
  /** Who signed it, where that can be verified; else why not. */
  readonly signedBy?: string;
  readonly rejected?: string;
}

export interface LogFilter {
  readonly artifact?: Digest;
  readonly type?: string;
}

const options = (home = userFolder()): ReadOptions => ({
  keys: ledgerKeys(ownKeys(home)),
  memory: ownMemory(home),
});

/**
 * The entries of a ledger, oldest first.
 *
 * @throws SluiceError `ledger-not-found`; Refusal `ledger-…`
 */
export function logOf(repository: string, filter: LogFilter): readonly LoggedEntry[] {
  const needles = filter.artifact === undefined ? undefined : digestNames(filter.artifact);
  const wanted = filter.type === undefined ? undefined : predicateType(filter.type);
  const found: { index: number; entry: Entry }[] = [];
  readLedger(ledgerFolder(repository), options(), (index, line) => {
    if (needles !== undefined && !needles.some((name) => line.includes(`"${name}"`))) return;
    const entry = parseEntry(line);
    if (wanted === undefined || entry.type === wanted) found.push({ index, entry });
  });
  const trust = trustOf(userFolder());
  return found.map(({ index, entry }) => ({ ...logged(index, entry), ...signerOf(entry, trust) }));
}

function logged(index: number, entry: Entry): LoggedEntry {
  const { subject } = statementOf(readBundle(entry.bundle));
  return { index, at: entry.at, type: predicateName(entry.type), subjects: subject };
}

function signerOf(entry: Entry, trust: ReturnType<typeof trustOf>): Pick<LoggedEntry, 'signedBy' | 'rejected'> {
  try {
    return { signedBy: verifyBundle(readBundle(entry.bundle), trust, { time: new Date(entry.at) }).signer.name };
  } catch (error) {
    if (error instanceof Refusal) return { rejected: error.message };
    throw error;
  }
}

/** An entry, and the proof that it is in the ledger. */
export interface ExportedEntry {
  readonly index: number;
  readonly entry: Entry;
  readonly statement: Statement;
  /** Base64, nearest first (RFC 9162). */
  readonly proof: readonly string[];
}

export interface Export {
  /** The signed note that every proof leads to, and the key that it can be checked with. */
  readonly checkpoint: string;
  readonly verifierKeys: readonly string[];
  readonly entries: readonly ExportedEntry[];
}

/**
 * Entries with all that somebody else needs to check them.
 *
 * @throws SluiceError `ledger-not-found`, `entry-not-found`; Refusal `ledger-…`
 */
export function exportEntries(repository: string, filter: LogFilter & { readonly index?: number }): Export {
  const needles = filter.artifact === undefined ? undefined : digestNames(filter.artifact);
  const found: { index: number; entry: Entry }[] = [];
  const reading = readLedger(ledgerFolder(repository), options(), (index, line) => {
    if (filter.index !== undefined && filter.index !== index) return;
    if (needles !== undefined && !needles.some((name) => line.includes(`"${name}"`))) return;
    found.push({ index, entry: parseEntry(line) });
  });
  if (filter.index !== undefined && found.length === 0) {
    const message = `the ledger has no entry ${filter.index}; it has ${reading.checkpoint.size}`;
    throw new SluiceError('entry-not-found', message);
  }
  return {
    checkpoint: reading.note,
    verifierKeys: options().keys.map((key) => verifierKey(reading.checkpoint.origin, key)),
    entries: found.map(({ index, entry }) => exported(index, entry, reading)),
  };
}

const exported = (index: number, entry: Entry, { hashes, checkpoint }: LedgerReading): ExportedEntry => ({
  index,
  entry,
  statement: statementOf(readBundle(entry.bundle)),
  proof: inclusionProof(hashes, index, checkpoint.size).map((hash) => hash.toString('base64')),
});

/** When the ledger took a bundle; `undefined` where it has none, or is not what was signed. */
export function keptAt(repository: string, bundle: Uint8Array): Date | undefined {
  let found: string | undefined;
  try {
    const { id } = entryFor(parseJson(bundle, 'the bundle') as BundleJson, systemClock.now());
    readLedger(ledgerFolder(repository), options(), (_, line) => {
      if (line.includes(`"id":"${id}"`)) found = parseEntry(line).at;
    });
  } catch (error) {
    if (error instanceof Refusal || error instanceof SluiceError) return undefined;
    throw error;
  }
  return found === undefined ? undefined : new Date(found);
}

/** Everything that is wrong with the ledger of a repository. What was seen is remembered, where nothing is. */
export function auditOf(repository: string): Audit {
  const home = userFolder();
  const folder = ledgerFolder(repository);
  const audit = auditLedger(folder, { ...options(home), trust: trustOf(home), now: systemClock.now() });
  const refused = audit.faults.some(({ outcome }) => outcome === 'refused');
  if (audit.reading !== undefined && !refused) rememberIfLater(ownMemory(home), folder, audit.reading);
  return audit;
}

/** Somebody may have added to the ledger, and remembered that, while it was looked at. */
function rememberIfLater(memory: LedgerMemory, folder: string, { checkpoint, note }: LedgerReading): void {
  const seen = memory.recall(folder);
  if (seen === undefined || parseCheckpoint(seen).size < checkpoint.size) memory.remember(folder, note);
}

/** Forgets what was seen of a ledger that was deleted or replaced on purpose. */
export const forgetLedger = (repository: string): void => ownMemory().forget(ledgerFolder(repository));

/**
 * Takes bundles of others into the ledger: signed by somebody the user trusts, or not at all.
 *
 * @throws SluiceError `bundle-not-found`; Refusal with the reason
 */
export async function importBundles(
  repository: string,
  files: readonly string[],
  passphrase: () => Promise<Secret>,
): Promise<Receipt> {
  const home = userFolder();
  const trust = trustOf(home);
  const bundles = files.flatMap(readBundles);
  prepareState(repository);
  const parts = await ledgerParts(ownKeys(home), ownMemory(home), systemClock, passphrase);
  const accept = (bundle: BundleJson): void => {
    verifyBundle(readBundle(bundle), trust, { time: systemClock.now() });
  };
  return await (await openLedger(ledgerFolder(repository), { ...parts, accept })).append(bundles);
}

/** A bundle, or an export of several. */
function readBundles(file: string): BundleJson[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new SluiceError('bundle-not-found', `there is no ${file} to be read`, { cause });
  }
  const json = parseJson(bytes, file);
  const entries = isObject(json) ? json['entries'] : undefined;
  if (!Array.isArray(entries)) return [json as JsonObject];
  return entries.map((one) => {
    const entry = isObject(one) ? one['entry'] : undefined;
    const bundle = isObject(entry) ? entry['bundle'] : undefined;
    if (!isObject(bundle)) throw new Refusal('bundle-invalid', `${file} is no export of a ledger`);
    return bundle;
  });
}
