import { expect, test } from 'vitest';
import { shannonEntropy } from './entropy.ts';

test.each([
  ['', 0],
  ['aaaa', 0],
  ['abab', 1],
  ['abcd', 2],
])('%s has %f bits per character', (text, bits) => {
  expect(shannonEntropy(text)).toBeCloseTo(bits, 9);
});

test('counts characters by code point and length by bytes, as gitleaks does', () => {
  expect(shannonEntropy('éé')).toBeCloseTo(-(2 / 4) * Math.log2(2 / 4), 9);
});

test('reads what is too long for its counters another way', () => {
  expect(shannonEntropy('ab'.repeat(40_000))).toBeCloseTo(1, 9);
});
