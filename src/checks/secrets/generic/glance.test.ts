import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectGeneric, GENERIC_KEYWORDS } from './detect.ts';
import { Glance } from './glance.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/!$';

const places = (text: string) => [...text.matchAll(new RegExp(GENERIC_KEYWORDS.join('|'), 'gi'))];

const glances = (text: string): boolean[] => {
  const glance = new Glance();
  const bytes = Buffer.from(text, 'latin1');
  return places(text).map(({ index, 0: keyword }) => glance.at(bytes, index, keyword.toLowerCase()));
};

describe('a glance at the bytes around a keyword', () => {
  it.each([
    ['// The Go Authors. All rights reserved.'],
    ['author = "aB3xZ9qLmW7rT2"'],
    ['monkey = aB3xZ9qLmW7rT2'],
    ['token, err := next()'],
    ['key := values[0]'],
    ['passed = true'],
  ])('leaves %s', (text) => {
    expect(glances(text)).toEqual(places(text).map(() => false));
  });

  it('stays at what it cannot read, and where it looked often enough', () => {
    expect(glances('\u00e9 token = \u00e9')).toEqual([true]);
    expect(glances('token, '.repeat(65)).lastIndexOf(false)).toBe(63);
  });

  it('leaves nothing that the detector finds', () => {
    const name = fc.constantFrom(
      ...[
        'password',
        'AUTH_TOKEN',
        'apiKey',
        'secretKey',
        'TOKENSize',
        'dbpasswd',
        '--token',
        'authtoken',
        'Credentials',
        'keys',
      ],
    );
    const between = fc.constantFrom(
      '=',
      ' = ',
      ': ',
      '="',
      ' := "',
      " => '",
      '": "',
      ' string = "',
      '", "',
      '("',
      ' ',
      '>',
    );
    const value = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 12, maxLength: 40 });
    const before = fc.constantFrom('', '"', '<', 'my_', 'x'.repeat(200), '\n');
    let found = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(before, name, between, value), { minLength: 1, maxLength: 4 }), (parts) => {
        const text = parts.map((part) => part.join('')).join('"\n');
        const glanced = glances(text);
        const answers = places(text).map(
          ({ index, 0: keyword }) => detectGeneric(text, index, keyword.toLowerCase())?.secret.start,
        );
        // Of two keywords in one word both may answer; one of them has to be looked at.
        const seen = new Set(answers.filter((_, number) => glanced[number]));
        for (const answer of answers) {
          if (answer === undefined) continue;
          found += 1;
          expect(seen).toContain(answer);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(found).toBeGreaterThan(500);
  });
});
