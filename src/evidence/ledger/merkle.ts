import { hash } from 'node:crypto';

/**
 * The Merkle tree of RFC 9162 (and RFC 6962), section 2.1: SHA-256, with leaves and nodes hashed under different first bytes,
 * so that no node can be passed off as a leaf.
 */
export const HASH_BYTES = 32;

const sha256 = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer');

export function leafHash(leaf: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(leaf.length + 1);
  bytes[0] = 0;
  bytes.set(leaf, 1);
  return sha256(bytes);
}

const pair = Buffer.allocUnsafe(1 + 2 * HASH_BYTES);
pair[0] = 1;

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/** Where the hashes of a tree are kept: of leaves, and of every full subtree. `level` 0 are the leaves. */
export interface TreeHashes {
  /** The hash of the full subtree of `2 ** level` leaves, of which `index` lie to the left. */
  at(level: number, index: number): Buffer;
}

/** The root of the first `size` leaves. */
export function rootOf(hashes: TreeHashes, size: number): Buffer {
  return size === 0 ? EMPTY_ROOT : subtree(hashes, 0, size);
}

/** The hash of the leaves `start` to `end`; `start` is a multiple of the largest power of two below the length. */
function subtree(hashes: TreeHashes, start: number, end: number): Buffer {
  const size = end - start;
  if (widthOf(size) === size) return hashes.at(Math.log2(size), start / size);
  const split = start + splitOf(size);
  return nodeHash(subtree(hashes, start, split), subtree(hashes, split, end));
}

/** The largest power of two that is not larger. Counted, since a logarithm rounds. */
function widthOf(size: number): number {
  let width = 1;
  while (width * 2 <= size) width *= 2;
  return width;
}

/** The largest power of two smaller than `size`. */
const splitOf = (size: number): number => widthOf(size - 1);

/** The path from a leaf to the root of the first `size` leaves (RFC 9162, 2.1.3.1), nearest first. */
export function inclusionProof(hashes: TreeHashes, leaf: number, size: number): Buffer[] {
  if (leaf < 0 || leaf >= size) throw new RangeError(`leaf ${leaf} of ${size}`);
  const path: Buffer[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const split = start + splitOf(end - start);
    if (leaf < split) {
      path.push(subtree(hashes, split, end));
      end = split;
    } else {
      path.push(subtree(hashes, start, split));
      start = split;
    }
  }
  return path.reverse();
}

/** Whether a path leads from a leaf to a root (RFC 9162, 2.1.3.2). */
export function provesInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  path: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (index < 0 || index >= size || leaf.length !== HASH_BYTES) return false;
  let [node, last] = [index, size - 1];
  let reached: Uint8Array = leaf;
  for (const step of path) {
    if (last === 0 || step.length !== HASH_BYTES) return false;
    if (node % 2 === 1 || node === last) {
      reached = nodeHash(step, reached);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else reached = nodeHash(reached, step);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && Buffer.compare(reached, root) === 0;
}

const half = (n: number): number => Math.floor(n / 2);

/** That the first `from` leaves of `size` are what they were (RFC 9162, 2.1.4.1). Empty where `from` is 0 or `size`. */
export function consistencyProof(hashes: TreeHashes, from: number, size: number): Buffer[] {
  if (from < 0 || from > size) throw new RangeError(`${from} of ${size}`);
  const path: Buffer[] = [];
  let start = 0;
  let end = size;
  let whole = true;
  if (from === 0) return path;
  while (from !== end) {
    const split = start + splitOf(end - start);
    if (from <= split) {
      path.push(subtree(hashes, split, end));
      end = split;
    } else {
      path.push(subtree(hashes, start, split));
      start = split;
      whole = false;
    }
  }
  if (!whole) path.push(subtree(hashes, start, end));
  return path.reverse();
}

/** Whether a tree of `size` leaves begins with one of `from` leaves (RFC 9162, 2.1.4.2). */
export function provesConsistency(
  from: number,
  size: number,
  oldRoot: Uint8Array,
  newRoot: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  const hashes = [oldRoot, newRoot, ...path];
  if (from < 0 || from > size || hashes.some(({ length }) => length !== HASH_BYTES)) return false;
  if (from === size) return path.length === 0 && Buffer.compare(oldRoot, newRoot) === 0;
  if (from === 0) return path.length === 0 && Buffer.compare(oldRoot, EMPTY_ROOT) === 0;
  const steps = widthOf(from) === from ? [oldRoot, ...path] : [...path];
  const [first] = steps;
  if (first === undefined) return false;
  let [node, last] = [from - 1, size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [before, after]: [Uint8Array, Uint8Array] = [first, first];
  for (const step of steps.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(step, before);
      after = nodeHash(step, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else after = nodeHash(after, step);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && Buffer.compare(before, oldRoot) === 0 && Buffer.compare(after, newRoot) === 0;
}
