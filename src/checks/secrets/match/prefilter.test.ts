import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Occurrences, Prefilter } from './prefilter.ts';

const literal = fc.string({ unit: fc.constantFrom(...'abkey_-=. 09\n"'), minLength: 3, maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom(...'abABkKeEyY_-=. 09\n"é'), maxLength: 200 });

function scan(literals: readonly string[], bytes: Buffer, start: number, end: number): string[] {
  const found = new Occurrences();
  new Prefilter(literals).scan(bytes, start, end, found);
  return Array.from(
    { length: found.count },
    (_, at) => `${literals[found.literals[at] ?? 0]}@${found.offsets[at]}`,
  ).toSorted();
}

function plainly(literals: readonly string[], bytes: Buffer, start: number, end: number): string[] {
  const lower = bytes.toString('latin1').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return literals
    .flatMap((word) =>
      Array.from({ length: end - start }, (_, step) => start + step)
        .filter((at) => at + word.length <= end && lower.startsWith(word, at))
        .map((at) => `${word}@${at}`),
    )
    .toSorted();
}

test('finds every literal in any case and nothing else, in any part of the bytes', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(literal, { minLength: 1, maxLength: 6 }),
      fc.array(text),
      fc.nat(40),
      fc.nat(40),
      (words, parts, a, b) => {
        const bytes = Buffer.from(parts.join(words[0]?.toUpperCase()));
        const start = Math.min(a, bytes.length);
        const end = Math.max(start, bytes.length - b);
        expect(scan(words, bytes, start, end)).toEqual(plainly(words, bytes, start, end));
      },
    ),
    { numRuns: 500 },
  );
});

test('finds a literal over the edge of a block', () => {
  for (let shift = 0; shift < 12; shift++) {
    const bytes = Buffer.from(`${' '.repeat(16_384 - shift)}SecretKey`);
    expect(scan(['secretkey', 'key'], bytes, 0, bytes.length)).toEqual([
      `key@${16_384 - shift + 6}`,
      `secretkey@${16_384 - shift}`,
    ]);
  }
});
