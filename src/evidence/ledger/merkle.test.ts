import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../fixture.ts';
import { HashFile } from './hash-file.ts';
import {
  consistencyProof,
  EMPTY_ROOT,
  inclusionProof,
  leafHash,
  provesConsistency,
  provesInclusion,
  rootOf,
} from './merkle.ts';

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** MTH of RFC 9162, 2.1.1, as it is written there. */
function reference(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), leaves[0] as Buffer);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), reference(leaves.slice(0, split)), reference(leaves.slice(split)));
}

function treeOf(leaves: readonly Buffer[]): HashFile {
  const hashes = new HashFile(openSync(join(temporaryFolder(), 'hashes'), 'w+'));
  for (const [index, leaf] of leaves.entries()) hashes.add(index, leafHash(leaf));
  return hashes;
}

const leavesOf = (size: number): Buffer[] => Array.from({ length: size }, (_, at) => Buffer.from(`leaf ${at}`));

test('the root of nothing is the hash of nothing', () => {
  expect(EMPTY_ROOT.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('every root of the first 130 sizes is that of RFC 9162', () => {
  const leaves = leavesOf(130);
  const hashes = treeOf(leaves);
  for (let size = 0; size <= leaves.length; size += 1) {
    expect(rootOf(hashes, size), `size ${size}`).toEqual(reference(leaves.slice(0, size)));
  }
});

describe('proofs', () => {
  const LEAVES = leavesOf(70);
  const sizes = fc.integer({ min: 1, max: LEAVES.length });

  test('of inclusion hold for their leaf, index, size and root, and for nothing else', () => {
    const hashes = treeOf(LEAVES);
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), (size, seed, other) => {
        const index = seed % size;
        const path = inclusionProof(hashes, index, size);
        const root = rootOf(hashes, size);
        const leaf = leafHash(LEAVES[index] as Buffer);
        expect(provesInclusion(leaf, index, size, path, root)).toBe(true);
        expect(provesInclusion(leafHash(Buffer.from('another')), index, size, path, root)).toBe(false);
        if (other % size !== index) expect(provesInclusion(leaf, other % size, size, path, root)).toBe(false);
        expect(provesInclusion(leaf, index, size, [...path, root], root)).toBe(false);
        if (path.length > 0) expect(provesInclusion(leaf, index, size, path.slice(1), root)).toBe(false);
      }),
    );
  });

  test('of consistency hold for the sizes and roots they are about, and for nothing else', () => {
    const hashes = treeOf(LEAVES);
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const from = seed % (size + 1);
        const path = consistencyProof(hashes, from, size);
        const [before, after] = [rootOf(hashes, from), rootOf(hashes, size)];
        expect(provesConsistency(from, size, before, after, path)).toBe(true);
        const forged = sha256(before);
        expect(provesConsistency(from, size, forged, after, path)).toBe(false);
        if (from > 0) expect(provesConsistency(from, size, before, sha256(after), path)).toBe(false);
        expect(provesConsistency(from, size, before, after, [...path, before])).toBe(false);
      }),
    );
  });

  test('whatever path is claimed, checking it ends', () => {
    const hash = fc.uint8Array({ minLength: 30, maxLength: 33 });
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.array(hash, { maxLength: 70 }), hash, (index, size, path, root) => {
        expect(provesInclusion(root, index, size, path, root)).toBe(
          size === 1 && index === 0 && path.length === 0 && root.length === 32,
        );
        expect(typeof provesConsistency(index, size, root, root, path)).toBe('boolean');
      }),
    );
  });
});
