import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobSweep } from '#source/history/blob-sweep.ts';
import type { Runs } from '#source/history/delta.ts';
import { HitKeys } from '#source/history/hits.ts';
import { lineExaminer } from '../reference/line-examiner.ts';

const LINES = [
  '',
  'plain words',
  `x = tok_${'a'.repeat(12)}`,
  ['password', '= "hunter2!"'].join(' '),
  ['-----BEGIN', 'BOX-----'].join(' '),
  'abc123',
  ['-----END', 'BOX-----'].join(' '),
  `${'y'.repeat(1300)} tok_${'b'.repeat(12)} ${'z'.repeat(900)}`,
];
const text = fc
  .array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 14 })
  .map((lines) => Buffer.from(`${lines.join('\n')}\n`));

/** Pieces of a base and new text, cut anywhere: what a delta may do, and git hardly ever does. */
type Piece = { readonly from: number; readonly length: number } | { readonly bytes: Buffer };
const pieces = fc.array(
  fc.oneof(
    fc.record({ from: fc.nat(3000), length: fc.nat(3000) }),
    fc
      .oneof(
        text,
        fc.string({ maxLength: 12 }).map((each) => Buffer.from(each)),
      )
      .map((bytes) => ({ bytes })),
  ),
  { maxLength: 6 },
);

function join(base: Buffer, parts: readonly Piece[]): { content: Buffer; runs: Runs } {
  const items: number[] = [];
  const buffers: Buffer[] = [];
  let size = 0;
  for (const part of parts) {
    const isNew = 'bytes' in part;
    const from = isNew ? -1 : part.from % base.length;
    const bytes = isNew ? part.bytes : base.subarray(from, from + part.length);
    if (bytes.length === 0) continue;
    items.push(size, from, bytes.length);
    buffers.push(bytes);
    size += bytes.length;
  }
  return {
    content: Buffer.concat(buffers),
    runs: { items: Int32Array.from([...items, 0, 0, 0]), count: items.length },
  };
}

it('finds in each blob what a look at the whole of it finds, however it was made', () => {
  fc.assert(
    fc.property(text, fc.array(pieces, { minLength: 1, maxLength: 5 }), (first, steps) => {
      const keys = new HitKeys();
      const sweep = new BlobSweep(lineExaminer, keys);
      const whole = (content: Buffer) => new BlobSweep(lineExaminer, keys).hits(content, content.length);
      let base: Buffer = first;
      let hits = sweep.hits(base, base.length);
      expect(hits).toEqual(whole(base));
      for (const step of steps) {
        if (base.length === 0) break;
        const { content, runs } = join(base, step);
        hits = sweep.hits(content, content.length, hits && { content: base, size: base.length, runs, hits });
        expect(hits).toEqual(whole(content));
        base = content;
      }
    }),
    { numRuns: 300 },
  );
});

it('looks again at an opening whose continuation was put together from pieces', () => {
  const opens = `${['-----BEGIN', 'BOX-----'].join(' ')}\n`;
  const rest = `abc123\n${['-----END', 'BOX-----'].join(' ')}\n`;
  const base = Buffer.from(`${opens}between\n${rest}`);
  const content = Buffer.from(`${opens}${rest}`);
  const keys = new HitKeys();
  const sweep = new BlobSweep(lineExaminer, keys);
  const hits = sweep.hits(base, base.length) ?? Int32Array.of();
  const runs = {
    items: Int32Array.of(0, 0, opens.length, opens.length, base.length - rest.length, rest.length),
    count: 6,
  };
  expect(sweep.hits(content, content.length, { content: base, size: base.length, runs, hits })).toEqual(
    new BlobSweep(lineExaminer, keys).hits(content, content.length),
  );
});
