import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BlobSweep } from '#source/history/blob-sweep.ts';
import { build, type Op } from '#source/history/delta.fixture.ts';
import type { Examiner } from '#source/history/examiner.ts';
import { HitKeys, type HitList } from '#source/history/hits.ts';
import { Kernel } from '#source/history/kernel.ts';
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

const kernel = new Kernel();

/** A delta of the pieces, and what it makes of a base. */
function join(base: Buffer, parts: readonly Piece[]): { delta: Buffer; result: Buffer } {
  const ops = parts.flatMap((part): Op[] => {
    if (!('bytes' in part)) {
      const start = part.from % base.length;
      const length = Math.min(part.length, base.length - start);
      return length === 0 ? [] : [{ copy: [start, length] }];
    }
    const inserts: Op[] = [];
    for (let at = 0; at < part.bytes.length; at += 127) inserts.push({ insert: part.bytes.subarray(at, at + 127) });
    return inserts;
  });
  return build(base, ops);
}

const place = (bytes: Buffer): number => {
  const address = kernel.allocate(bytes.length);
  bytes.copy(kernel.memory, address);
  return address;
};

const whole = (content: Buffer, keys: HitKeys): HitList | undefined =>
  new BlobSweep(kernel, lineExaminer, keys).hits(place(content), content.length);

/** What the sweep finds in a content that it makes from another. */
function derived(sweep: BlobSweep, base: Buffer, hits: HitList | undefined, delta: Buffer, size: number) {
  const [from, at, content] = [place(base), place(delta), place(Buffer.alloc(size))];
  const runs = kernel.program.apply(at, delta.length, from, base.length, content, size);
  return sweep.hits(content, size, hits && { entry: 0, content: from, size: base.length, runs, hits });
}

it('finds in each blob what a look at the whole of it finds, however it was made', () => {
  fc.assert(
    fc.property(text, fc.array(pieces, { minLength: 1, maxLength: 5 }), (first, steps) => {
      const keys = new HitKeys();
      const sweep = new BlobSweep(kernel, lineExaminer, keys);
      let base: Buffer = first;
      let hits = sweep.hits(place(base), base.length);
      expect(hits).toEqual(whole(base, keys));
      for (const step of steps) {
        if (base.length === 0) break;
        const { delta, result } = join(base, step);
        hits = derived(sweep, base, hits, delta, result.length);
        expect(hits).toEqual(whole(result, keys));
        base = result;
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
  const sweep = new BlobSweep(kernel, lineExaminer, keys);
  const hits = sweep.hits(place(base), base.length);
  const { delta } = build(base, [{ copy: [0, opens.length] }, { copy: [base.length - rest.length, rest.length] }]);
  expect(derived(sweep, base, hits, delta, content.length)).toEqual(whole(content, keys));
});

/** Sees nothing of a match but what the text holds that it is shown: as one for which a rule has no literal. */
const longMatches: Examiner = {
  lookback: 0,
  sift: (bytes, size, _whole, marks) => {
    for (const { index } of bytes.toString('latin1', 0, size).matchAll(/<x+>/g)) marks.push(index);
  },
  examine: (content, size, ranges, count, found) => {
    for (const { index, 0: match } of content.toString('latin1', 0, size).matchAll(/<x+>/g)) {
      const end = index + match.length;
      const isAsked = ranges.subarray(0, count).some((start, at) => {
        return at % 2 === 0 && start < end && index < (ranges[at + 1] as number);
      });
      if (isAsked) found.push({ rule: 'long', start: index, end, secretStart: index, secretEnd: end });
    }
  },
  accepts: () => true,
};

it.each([
  ['reaches far over', 20_000, 60_000],
  ['begins at', 0, 300],
  ['ends at', 300, 300],
  ['fills more than a part before', 1_100_000, 1_200_000],
])('finds a match that %s the border of two parts of a large content', (_, before, length) => {
  const border = before > 1 << 20 ? 2 << 20 : 1 << 20;
  const match = `<${'x'.repeat(length - 2)}>`;
  const line = 'nothing is here\n';
  const filler = (size: number): string => line.repeat(Math.ceil(size / line.length)).slice(-size);
  const content = Buffer.from(`${filler(border - before)}${match}\n${filler(100_000)}`);
  const hits = new BlobSweep(kernel, longMatches, new HitKeys()).hits(place(content), content.length);
  expect([...(hits ?? [])].slice(1, 3)).toEqual([border - before, border - before + length]);
});
