import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '#core/refusal.ts';
import { FILES, linesOf } from './files.ts';
import { HashFile } from './hash-file.ts';
import { holdTo, ON_PURPOSE, readCheckpoint } from './ledger.ts';
import type { LedgerMemory } from './memory.ts';
import { HASH_BYTES, leafHash, nodeHash, rootOf, type TreeHashes } from './merkle.ts';
import type { Checkpoint } from './note.ts';

/** How a ledger is looked at. */
export interface ReadOptions {
  /** The public keys (PEM) whose checkpoints count. */
  readonly keys: readonly string[];
  /** What was seen before; without it, a ledger that was set back is not noticed. */
  readonly memory?: LedgerMemory;
}

/** A ledger as it was when it was read: every entry is under the checkpoint. */
export interface LedgerReading {
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly hashes: TreeHashes;
  /** Bytes behind the last entry: of a write that was interrupted, or is under way. */
  readonly tail: number;
}

/**
 * Reads a ledger from its first entry to its last, and holds it to its checkpoint and to what was seen of it before. Takes
 * no lock and writes nothing: what is added meanwhile is not seen.
 *
 * Trap: `visit` gets each line before it is known to be right; nothing of it counts until this returns.
 *
 * @throws SluiceError `ledger-not-found`; Refusal `ledger-truncated`, `ledger-altered`, `ledger-rolled-back`,
 *   `ledger-forked`, `ledger-replaced`, `ledger-missing`, `checkpoint-invalid`, `checkpoint-untrusted`
 */
export function readLedger(
  folder: string,
  { keys, memory }: ReadOptions,
  visit: (index: number, line: Buffer) => void,
): LedgerReading {
  const seen = memory?.recall(folder);
  const { checkpoint, note } = seen === undefined ? readCheckpoint(folder, keys) : readSeen(folder, keys);
  const { leaves, end, size } = readLines(join(folder, FILES.entries), checkpoint.size, visit);
  if (leaves.length < checkpoint.size) {
    const message = `${checkpoint.size - leaves.length} of the ${checkpoint.size} entries of the ledger are missing`;
    throw new Refusal('ledger-truncated', message);
  }
  const hashes = treeOf(leaves);
  if (!rootOf(hashes, checkpoint.size).equals(checkpoint.root)) throw altered(folder, checkpoint, leaves);
  holdTo(seen, checkpoint, hashes, keys);
  return { checkpoint, note, hashes, tail: size - end };
}

/** A ledger that was here before must be here. */
function readSeen(folder: string, keys: readonly string[]): ReturnType<typeof readCheckpoint> {
  try {
    return readCheckpoint(folder, keys);
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'ledger-not-found') throw cause;
    throw new Refusal('ledger-missing', `the ledger that was here is gone, or its checkpoint is; ${ON_PURPOSE}`, cause);
  }
}

interface Lines {
  readonly leaves: readonly Buffer[];
  /** Where the entries that count end, and how large the file is. */
  readonly end: number;
  readonly size: number;
}

function readLines(file: string, most: number, visit: (index: number, line: Buffer) => void): Lines {
  const leaves: Buffer[] = [];
  let end = 0;
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { leaves, end, size: 0 };
    throw error;
  }
  try {
    for (const line of most === 0 ? [] : linesOf(descriptor)) {
      visit(leaves.length, line);
      leaves.push(leafHash(line));
      end += line.length + 1;
      if (leaves.length === most) break;
    }
    return { leaves, end, size: fstatSync(descriptor).size };
  } finally {
    closeSync(descriptor);
  }
}

/** All full subtrees of some leaves, in memory. */
function treeOf(leaves: readonly Buffer[]): TreeHashes {
  const levels: (readonly Buffer[])[] = [leaves];
  for (let below = leaves; below.length > 1; ) {
    const level: Buffer[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) {
      level.push(nodeHash(below[at] ?? EMPTY, below[at + 1] ?? EMPTY));
    }
    levels.push(level);
    below = level;
  }
  return { at: (level, index) => levels[level]?.[index] ?? missingHash() };
}

const EMPTY = Buffer.alloc(HASH_BYTES);

function missingHash(): never {
  throw new RangeError('no such subtree');
}

/** Says where, as long as the kept hashes are still those that were signed. */
function altered(folder: string, checkpoint: Checkpoint, leaves: readonly Buffer[]): Refusal {
  const first = firstDifference(join(folder, FILES.hashes), checkpoint, leaves);
  const where = first === undefined ? 'the entries of the ledger are' : `from entry ${first} on, the ledger is`;
  return new Refusal('ledger-altered', `${where} not what was signed`);
}

function firstDifference(file: string, { size, root }: Checkpoint, leaves: readonly Buffer[]): number | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    const kept = new HashFile(descriptor);
    if (!rootOf(kept, size).equals(root)) return undefined;
    const first = leaves.findIndex((leaf, index) => !kept.at(0, index).equals(leaf));
    return first === -1 ? undefined : first;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
