import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayHoldEncoded } from './glance.ts';

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
      expect(mayHoldEncoded(Buffer.from(`${' '.repeat(before)}${part}${behind}`))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('sees it at the edge of a block', () => {
  for (let before = 32_720; before < 32_800; before++) {
    for (const part of ['%41', '\\u0061', Buffer.from('some words and more').toString('base64')]) {
      expect(mayHoldEncoded(Buffer.from(`${' '.repeat(before)}${part}`))).toBe(true);
    }
  }
});

test('says no to names, paths, formats and hashes', () => {
  const text =
    'import "golang/vendor/encoding/binary" AVeryLongNameOfSomething_else %d%s \\n U2 \\user %c3 d3b07384d113edec49eaa6238ad5ff00';
  expect(mayHoldEncoded(Buffer.from(text))).toBe(false);
});

test('what a text before it left behind counts for nothing', () => {
  mayHoldEncoded(Buffer.from('%41%41%41%41'));
  expect(mayHoldEncoded(Buffer.from('%'))).toBe(false);
});
