import { readSync } from 'node:fs';
import { HASH_BYTES, nodeHash, type TreeHashes } from './merkle.ts';
import { writeAll } from './write-all.ts';

/**
 * The hashes of a growing tree in an append-only file: each leaf, followed by the full subtrees that it completes. Twice as
 * many hashes as leaves, and any root or proof is a handful of reads. Nothing here is believed: its root has to agree with
 * a signed checkpoint, and it can be made again from the entries.
 */
export class HashFile implements TreeHashes {
  readonly #descriptor: number;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  /** @throws RangeError where the file ends before */
  at(level: number, index: number): Buffer {
    const hash = Buffer.allocUnsafe(HASH_BYTES);
    const read = readSync(this.#descriptor, hash, 0, HASH_BYTES, placeOf(level, index) * HASH_BYTES);
    if (read !== HASH_BYTES) throw new RangeError('the file of hashes is too short');
    return hash;
  }

  /** Adds the leaf that has `index` leaves to its left, and what it completes. */
  add(index: number, leaf: Buffer): void {
    const added = [leaf];
    let node = leaf;
    for (let level = 0, at = index; at % 2 === 1; level += 1, at = (at - 1) / 2) {
      node = nodeHash(this.at(level, at - 1), node);
      added.push(node);
    }
    writeAll(this.#descriptor, Buffer.concat(added), placeOf(0, index) * HASH_BYTES);
  }
}

/** How many hashes stand before that of a subtree. */
function placeOf(level: number, index: number): number {
  // The subtree is written right after the last leaf in it, and after the smaller subtrees that the leaf completes.
  let leaf = (index + 1) * 2 ** level - 1;
  let before = 0;
  while (leaf > 0) {
    before += leaf;
    leaf = Math.floor(leaf / 2);
  }
  return before + level;
}
