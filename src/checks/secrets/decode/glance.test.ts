import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodedFrom } from './glance.ts';
import { findSegments } from './segments.ts';

const encoded = fc.constantFrom(
  '%41',
  '\\u0061',
  '\\\\U0061',
  'U+0061 ',
  Buffer.from('some words and more').toString('base64'),
  Buffer.from('some words and more').toString('base64url'),
  Buffer.from('some words and more').toString('hex'),
);
const silent = fc.string({ unit: fc.constantFrom(...'ab Z_=.%\\ué\n', 'encoding/binary', '%d', '\\n', '%ff') });

test('sees what is encoded, wherever it stands in a text of any length', () => {
  fc.assert(
    fc.property(fc.nat(70_000), encoded, silent, (before, part, behind) => {
      expect(encodedFrom(Buffer.from(`${' '.repeat(before)}${part}${behind}`), 0)).not.toBe(-1);
    }),
    { numRuns: 300 },
  );
});

test('sees it at the edge of a block', () => {
  for (let before = 32_720; before < 32_800; before++) {
    for (const part of ['%41', '\\u0061', Buffer.from('some words and more').toString('base64')]) {
      expect(encodedFrom(Buffer.from(`${' '.repeat(before)}${part}`), 0)).not.toBe(-1);
    }
  }
});

test('says no to names, paths, formats and hashes', () => {
  const text =
    'import "golang/vendor/encoding/binary" AVeryLongNameOfSomething_else %d%s \\n U2 \\user %c3 d3b07384d113edec49eaa6238ad5ff00';
  expect(encodedFrom(Buffer.from(text), 0)).toBe(-1);
});

test('what a text before it left behind counts for nothing', () => {
  encodedFrom(Buffer.from('%41%41%41%41'), 0);
  expect(encodedFrom(Buffer.from('%'), 0)).toBe(-1);
});

test('what is encoded is found alike wherever its lines stand', () => {
  const piece = fc.oneof(
    encoded,
    silent,
    fc.constantFrom('\n', '=', '%', 'U+0062\n', 'd3b07384d113edec49eaa6238ad5ff00', 'aGVsbG8'),
  );
  fc.assert(
    fc.property(fc.array(piece), fc.array(piece), fc.nat(3_000), (lines, others, length) => {
      const [first, last] = [`${lines.join('')}\n.\n`, others.join('')];
      const between = ` ${'x '.repeat(length)}\n`;
      const shift = Buffer.byteLength(first + between);
      const [a, b] = [findSegments(Buffer.from(first)), findSegments(Buffer.from(last))];
      const moved = b.map(({ start, end, decoded }) => ({ start: start + shift, end: end + shift, decoded }));
      expect(findSegments(Buffer.from(first + between + last))).toEqual([...a, ...moved]);
    }),
    { numRuns: 500 },
  );
});
