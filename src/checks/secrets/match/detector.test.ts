import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Text } from '#core/text.ts';
import { readConfiguration } from '../format/config.ts';
import { SHIPPED } from '../rules.generated.ts';
import { Detector } from './detector.ts';
import { both } from './fixture.ts';

/* The fast way finds what the plain way finds, on texts made to be hard for it. */

const RULES = `
[[rules]]
id = "at-start"
regex = 'tok_[a-z]{2,4}'
keywords = ["tok_"]
[[rules]]
id = "behind-run"
regex = '''(?i)[\\w.-]{0,6}?(?:acme|umbra)[\\w.-]{0,3}[=:]"?([a-z0-9]{3,6})"?'''
keywords = ["acme", "umbra"]
[[rules]]
id = "behind-two-runs"
regex = '''[a-z]{0,3}?(?i:[a-z_]{0,3}?(?:zinc))=([a-z]+)'''
keywords = ["zinc"]
[[rules]]
id = "literal-in-the-middle"
regex = '''[a-z]{1,4}\\.acme\\.[a-z]+'''
keywords = ["acme"]
[[rules]]
id = "keyword-elsewhere"
regex = '''\\b[0-9]{4}\\b'''
keywords = ["umbra", "zinc"]
[[rules]]
id = "branches"
regex = '''(?:ab_[a-z]|xyz_?q|tok_aa)'''
keywords = ["ab_", "xyz"]
[[rules]]
id = "over-lines"
regex = '''tok_\\s+([a-z]{3})'''
keywords = ["tok_"]
[[rules]]
id = "literals-that-overlap"
regex = '''(?:^|\\n)(?:ab)?acme([a-z]{2})'''
keywords = ["acme"]
[[rules]]
id = "longer-than-a-window"
regex = '''zinc[\\w.=:]{3,800}(?:"|[a-z.]{0,90}\\n)-?(?:[^\\n]{70,}|abc)[.:]+q*'''
keywords = ["zinc"]
[[rules]]
id = "no-keyword"
regex = '''=[A-Z]{3}$'''
[[rules]]
id = "odd-keyword"
regex = '''é[a-z]'''
keywords = ["é", "ab"]
`;

describe('the fast way is the plain way', () => {
  const { rules, allowlists } = readConfiguration({ file: 'test.toml', text: RULES });
  const sets = [{ rules, allowlists }];
  const detector = new Detector(sets);
  const word = fc.constantFrom(
    'tok_',
    'TOK_',
    'acme',
    'Acme',
    'umbra',
    'zinc',
    'ZINC',
    '=',
    ':',
    '"',
    '.',
    'ab',
    'abc',
    'xyz',
    '_',
    'q',
    '1234',
    '\n',
    ' ',
    'é',
    '😀',
    '=ABC',
    '-',
  );

  test('on texts of their keywords', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        const [fast, plain] = both(sets, detector, Text.from(words.join('')));
        expect(fast).toEqual(plain);
      }),
      { numRuns: 3_000 },
    );
  });

  test('far into a long text, some of which is not ASCII', () => {
    const long = fc.integer({ min: 1_000, max: 2_100 }).map((length) => ' '.repeat(length));
    fc.assert(
      fc.property(fc.array(fc.tuple(long, fc.array(word, { maxLength: 8 })), { maxLength: 4 }), (parts) => {
        const string = parts.map(([blank, words]) => `${blank}é${blank}${words.join('')}tok_abc 😀`).join('');
        const [fast, plain] = both(sets, detector, Text.from(string));
        expect(fast).toEqual(plain);
        expect(fast.length).toBeGreaterThanOrEqual(parts.length);
      }),
    );
  });

  test('the words do make hits', () => {
    expect(both(sets, detector, Text.from('a.acme.b=abc tok_ab zinc=q 1234'))[1].length).toBeGreaterThan(3);
  });
});

test('shipped rules can all be tried at literals, but for a few', () => {
  const everywhere = SHIPPED.rules.filter(({ plan, regex }) => regex !== undefined && plan.kind === 'everywhere');
  expect(everywhere.length).toBeLessThan(16);
});
