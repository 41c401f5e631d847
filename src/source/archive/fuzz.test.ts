import { execFileSync } from 'node:child_process';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProblem } from '../items.ts';
import { readArtifact } from '../read.ts';
import { tarOf, zipOf } from './fixture.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 150);
const LIMITS = { maxFileBytes: 100_000, archive: { maxDepth: 3, maxMembers: 100, maxBytes: 1_000_000, maxRatio: 200 } };

const files = [
  { name: 'a.txt', content: 'hello '.repeat(50) },
  { name: `${'deep/'.repeat(30)}b.txt`, content: 'b' },
  { name: 'inner.zip', content: zipOf([{ name: 'c', content: 'c' }]) },
];
const seeds: readonly (readonly [string, Buffer])[] = [
  ['zip', zipOf(files)],
  ['tar', tarOf(files)],
  ['gzip', zlib.gzipSync(tarOf(files))],
  ['zstd', zlib.zstdCompressSync(tarOf(files))],
  ['xz', execFileSync('xz', ['-c'], { input: tarOf(files) })],
];

/** Where (as a share of the length), and the byte that is put there. */
const mutation = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255));

describe('damaged bytes', () => {
  it.each(seeds)(
    'of %s end, in artifacts and problems alone',
    async (_name, seed) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(mutation, { maxLength: 6 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          async (mutations, cut) => {
            const bytes = Buffer.from(seed.subarray(0, cut < 0.3 ? Math.ceil(seed.length * cut * 3) : seed.length));
            for (const [where, byte] of mutations) bytes[Math.floor(where * bytes.length)] = byte;
            const ref = {
              path: 'x',
              size: bytes.length,
              origin: { kind: 'file' },
              content: { kind: 'memory', bytes },
            } as const;
            let count = 0;
            for await (const item of readArtifact(ref, LIMITS)) {
              count += 1;
              expect(item.path).toMatch(/^x(?:!|$)/);
              expect(item.path?.split(/[!/]/)).not.toContain('..');
              if (isProblem(item)) expect(item.code).toMatch(/^(?:archive|file)-/);
            }
            expect(count).toBeGreaterThan(0);
          },
        ),
        { numRuns: RUNS },
      );
    },
    600_000,
  );
});
