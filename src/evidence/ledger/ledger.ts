import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Clock, Disk } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import { Refusal } from '#core/refusal.ts';
import type { Signer } from '#core/signer.ts';
import type { BundleJson } from '../bundle.ts';
import { type Entry, entryFor, entryLine, parseEntry } from './entry.ts';
import { FILES, LedgerFiles, type Line } from './files.ts';
import type { LedgerMemory } from './memory.ts';
import { EMPTY_ROOT, rootOf, type TreeHashes } from './merkle.ts';
import { type Checkpoint, openCheckpoint, signCheckpoint } from './note.ts';

/** What a ledger needs of the world. */
export interface LedgerParts {
  /** An Ed25519 key: signs checkpoints. */
  readonly signer: Signer;
  /** Public keys (PEM) whose checkpoints count; the signer's own does anyway. */
  readonly keys: readonly string[];
  readonly clock: Clock;
  readonly disk: Disk;
  readonly memory: LedgerMemory;
  /** Looks at each bundle before it is taken, and throws a `Refusal` for one that does not count. */
  readonly accept?: (bundle: BundleJson) => void;
}

/** That entries were taken: on the disk, under a signed checkpoint. */
export interface Receipt {
  /** The number of the first of them, from 0. */
  readonly index: number;
  readonly at: string;
  /** The signed note of the ledger with them in it. */
  readonly checkpoint: string;
  /** `clock-went-back`, `ledger-recovered` */
  readonly problems: readonly Problem[];
}

/** An append-only log of signed statements. Several processes may have one open; each append is alone. */
export interface Ledger {
  readonly folder: string;
  /**
   * Takes bundles, all or none. When it resolves, a power cut loses none of them.
   *
   * @throws Refusal `statement-replayed`, whatever `accept` throws, and `ledger-…` when the ledger is not what was signed
   */
  append(bundles: readonly BundleJson[]): Promise<Receipt>;
}

/**
 * Opens the ledger in a folder, and makes one where there is none.
 *
 * @throws Refusal `ledger-missing` when there was one before
 */
export async function openLedger(folder: string, parts: LedgerParts): Promise<Ledger> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const alone = async <T>(work: () => Promise<T>): Promise<T> =>
    await parts.disk.alone(join(folder, FILES.lock), 'the ledger', work);
  if (!existsSync(join(folder, FILES.checkpoint))) await alone(async () => await create(folder, parts));
  const known: Known = { ids: new Set(), size: 0, origin: '' };
  return {
    folder,
    append: async (bundles) => await alone(async () => await appendTo(folder, bundles, parts, known)),
  };
}

async function create(folder: string, { signer, memory, disk }: LedgerParts): Promise<void> {
  const file = join(folder, FILES.checkpoint);
  if (existsSync(file)) return;
  if (memory.recall(folder) !== undefined || existsSync(join(folder, FILES.entries))) throw missing();
  const origin = `sluice-ledger/${randomBytes(16).toString('hex')}`;
  const note = await signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer);
  disk.write(file, note);
  memory.remember(folder, note);
}

/** What people do who deleted or restored a ledger themselves. */
export const ON_PURPOSE = 'if that was you, say `sluice evidence forget`';

const missing = (): Refusal =>
  new Refusal('ledger-missing', `the ledger that was here is gone, or its checkpoint is; ${ON_PURPOSE}`);

/** Identities, byte for character, of entries that this process has read; they only grow while the ledger stays the same. */
interface Known {
  readonly ids: Set<string>;
  size: number;
  origin: string;
}

async function appendTo(
  folder: string,
  bundles: readonly BundleJson[],
  parts: LedgerParts,
  known: Known,
): Promise<Receipt> {
  const { signer, clock, disk, memory } = parts;
  const { checkpoint, note } = readCheckpoint(folder, [...parts.keys, signer.publicKey]);
  const files = new LedgerFiles(folder);
  try {
    const torn = files.settle(checkpoint, (line) => Buffer.from(parseEntry(line).id, 'hex'));
    holdTo(memory.recall(folder), checkpoint, files.hashes, [...parts.keys, signer.publicKey]);
    learn(known, checkpoint, files);
    const now = clock.now();
    const lines = prepare(bundles, now, known, parts.accept);
    const problems = problemsOf(files, checkpoint.size, now, torn);
    if (lines.length === 0) return { index: checkpoint.size, at: now.toISOString(), checkpoint: note, problems };
    files.append(checkpoint.size, lines);
    const size = checkpoint.size + lines.length;
    const next = await signCheckpoint({ origin: checkpoint.origin, size, root: rootOf(files.hashes, size) }, signer);
    disk.write(join(folder, FILES.checkpoint), next);
    memory.remember(folder, next);
    return { index: checkpoint.size, at: now.toISOString(), checkpoint: next, problems };
  } finally {
    files.close();
  }
}

/**
 * The checkpoint in a folder.
 *
 * @throws SluiceError `ledger-not-found`; Refusal `checkpoint-invalid`, `checkpoint-untrusted`
 */
export function readCheckpoint(folder: string, keys: readonly string[]): { checkpoint: Checkpoint; note: string } {
  let note: string;
  try {
    note = readFileSync(join(folder, FILES.checkpoint), 'utf8');
  } catch (cause) {
    throw new SluiceError('ledger-not-found', `there is no ledger in ${folder}`, { cause });
  }
  return { checkpoint: openCheckpoint(note, keys), note };
}

/**
 * Holds a ledger to what was seen of it before.
 *
 * @throws Refusal `ledger-replaced`, `ledger-rolled-back`, `ledger-forked`
 */
export function holdTo(
  seen: string | undefined,
  { origin, size }: Checkpoint,
  hashes: TreeHashes,
  keys: readonly string[],
): void {
  if (seen === undefined) return;
  const before = openCheckpoint(seen, keys);
  if (before.origin !== origin)
    throw new Refusal('ledger-replaced', `another ledger was here the last time; ${ON_PURPOSE}`);
  if (before.size > size) {
    throw new Refusal(
      'ledger-rolled-back',
      `the ledger had ${before.size} entries, and has ${size} now; ${ON_PURPOSE}`,
    );
  }
  if (!rootOf(hashes, before.size).equals(before.root)) {
    throw new Refusal('ledger-forked', `the first ${before.size} entries of the ledger are not those seen before`);
  }
}

function learn(known: Known, { origin, size }: Checkpoint, files: LedgerFiles): void {
  if (known.origin !== origin || known.size > size) {
    known.ids.clear();
    known.size = 0;
    known.origin = origin;
  }
  for (const id of files.identities(known.size, size)) known.ids.add(id.toString('latin1'));
  known.size = size;
}

function prepare(bundles: readonly BundleJson[], now: Date, known: Known, accept: LedgerParts['accept']): Line[] {
  const fresh = new Set<string>();
  return bundles.map((bundle) => {
    accept?.(bundle);
    const entry: Entry = entryFor(bundle, now);
    const id = Buffer.from(entry.id, 'hex');
    const key = id.toString('latin1');
    if (known.ids.has(key) || fresh.has(key)) {
      throw new Refusal('statement-replayed', 'the ledger has this statement of this signer already');
    }
    fresh.add(key);
    return { bytes: entryLine(entry), id };
  });
}

function problemsOf(files: LedgerFiles, size: number, now: Date, torn: number): Problem[] {
  const problems: Problem[] = [];
  if (torn > 0) {
    const message = `A write to the ledger had been interrupted; ${torn} bytes that nobody was told of were taken back.`;
    problems.push({ code: 'ledger-recovered', message });
  }
  const last = size === 0 ? undefined : parseEntry(files.line(size - 1)).at;
  if (last !== undefined && now.getTime() < Date.parse(last)) {
    problems.push({
      code: 'clock-went-back',
      message: `The clock says ${now.toISOString()}, but the last entry of the ledger was made at ${last}.`,
      hint: 'Set the clock right: what is dated in the future does not count.',
    });
  }
  return problems;
}
