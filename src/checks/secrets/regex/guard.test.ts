import { describe, expect, test } from 'vitest';
import { findBlowUp } from './guard.ts';
import { translate } from './regex.ts';

const judge = (pattern: string): string | undefined => findBlowUp(translate(pattern).tree)?.message;

describe('patterns that can take for ever', () => {
  test.each([
    '(a+)+$',
    '(a*)*b',
    '(a|a)*b',
    '(a|ab|b)*c',
    '(?:a?b?)*c',
    '([a-z]+\\d*)*x',
    '(\\w+\\s?)*!',
    '(?:\\w+\\.?)+com',
    '(a{0,30}){0,30}b',
    '(x+x+)+y',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
  ])('%s is exponential', (pattern) => {
    expect(judge(pattern)).toContain('exponential');
  });

  test('unbounded repeats in a row', () => {
    expect(judge('.*.*.*.*=')).toContain('unbounded repeats in a row');
  });
});

test.each([
  '(a|b)*c',
  '(?:[a-z0-9]{4}-){3}x',
  '([a-f0-9]{2}:)+x',
  '(?:\\w+\\.)+com',
  '\\s*\\w+\\s*=\\s*\\w+\\s*',
  '(?:"[^"]*"|[^"])*x',
  '(?:[^"\\\\]|\\\\.)*"',
  '(?i)[\\w.-]{0,50}?(?:key)(?:[ \\t\\w.-]{0,20})[\\s\'"]{0,3}=[\\s=]{0,5}([a-z0-9]{32})',
])('%s is safe', (pattern) => {
  expect(judge(pattern)).toBeUndefined();
});
