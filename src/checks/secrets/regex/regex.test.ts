import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { translate } from './regex.ts';
import { PatternError } from './syntax.ts';

const compiled = (pattern: string): RegExp => new RegExp(translate(pattern).source, 'gu');
const found = (pattern: string, text: string): string[] =>
  Array.from(text.matchAll(compiled(pattern)), ([whole]) => whole);

describe('what Go means differently from V8', () => {
  test.each<[pattern: string, text: string, matches: string[]]>([
    ['.', 'a\r\u2028\n', ['a', '\r', '\u2028']],
    ['(?s).', '\n', ['\n']],
    ['\\s', '\t\v\u00a0 ', ['\t', ' ']],
    ['a$', 'a\na', ['a']],
    ['(?m)a$', 'a\na', ['a', 'a']],
    ['(?m)^a', 'a\rb\na', ['a', 'a']],
    ['\\Aa', 'a\na', ['a']],
    ['a\\z', 'a\na', ['a']],
    ['(?i)key', 'KEY \u212aey', ['KEY', '\u212aey']],
    ['k', 'K\u212a', []],
    ['\\bé', 'é', []],
    ['[[:alpha:]]+', 'aZ9', ['aZ']],
    ['[^[:^digit:]]', 'a1', ['1']],
    ['\\Qa.b\\E+', 'a.bb a_b', ['a.bb']],
    ['\\x{1F600}|\\x41', '😀A', ['😀', 'A']],
    ['\\101', 'A', ['A']],
    ['\\pL+', 'aé1', ['aé']],
    ['\\p{Greek}', 'αa', ['α']],
    ['\\PL', 'a1', ['1']],
    ['a{,2}', 'a{,2}', ['a{,2}']],
    ['{a}', '{a}', ['{a}']],
    ['[]a]', ']a', [']', 'a']],
    ['[a-]', 'a-b', ['a', '-']],
    ['(?U)a+', 'aaa', ['a', 'a', 'a']],
    ['(?i)a(?-i)b', 'AB Ab', ['Ab']],
    ['(?i:a)b', 'Ab AB', ['Ab']],
    ['(?P<name>a)', 'a', ['a']],
    ['(?:ab)+', 'abab', ['abab']],
    ['(?i)[^k]', 'kK', []],
    ['/', 'a/b', ['/']],
  ])('%s', (pattern, text, matches) => {
    expect(found(pattern, text)).toEqual(matches);
  });

  test('a flag ends with its group', () => {
    expect(found('(a(?i)b)c', 'aBc aBC')).toEqual(['aBc']);
  });

  test('counts groups, named ones too', () => {
    expect(translate('(a)(?:b)(?P<n>c)(?<m>d)').groups).toBe(3);
  });
});

describe('what Go refuses', () => {
  test.each<[pattern: string, offset: number]>([
    ['a(?=b)', 1],
    ['(?<!a)b', 0],
    ['(a)\\1', 3],
    ['a**', 2],
    ['a?{2}', 5],
    ['*a', 0],
    ['a{1001}', 7],
    ['(?:a{100}){100}', 15],
    ['(a', 0],
    ['a)', 1],
    ['[a', 0],
    ['[z-a]', 1],
    ['\\y', 0],
    ['a\\', 1],
    ['\\p{Nothing}', 0],
    ['[[:nothing:]]', 12],
    ['(?z)', 2],
  ])('%s', (pattern, offset) => {
    expect(() => translate(pattern)).toThrow(PatternError);
    try {
      translate(pattern);
    } catch (error) {
      expect((error as PatternError).offset).toBe(offset);
    }
  });
});

test('any text is a pattern or a PatternError, and a pattern compiles', () => {
  const piece = fc.constantFrom(
    'a',
    'K',
    '.',
    '\\d',
    '[a-c]',
    '[^x]',
    '(',
    ')',
    '|',
    '*',
    '+?',
    '{2,3}',
    '(?i)',
    '^',
    '$',
    '\\b',
    '\\',
    '[',
    ']',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(piece).map((parts) => parts.join('')),
        fc.string(),
      ),
      (pattern) => {
        try {
          compiled(pattern);
        } catch (error) {
          expect(error).toBeInstanceOf(PatternError);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('text quoted for Go matches itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const quoted = Array.from(text, (char) => `\\x{${(char.codePointAt(0) as number).toString(16)}}`).join('');
      expect(new RegExp(`^(?:${translate(quoted).source})$`, 'u').test(text)).toBe(true);
    }),
  );
});
