import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Text } from '#core/text.ts';
import { readConfiguration } from '../format/config.ts';
import { plainSurface } from '../match/surface.ts';
import { DECODE_ROUNDS, SecretScanner } from '../scan.ts';
import { decode, type Encoded } from './decoded.ts';
import { findSegments } from './segments.ts';

function fully(text: string): string {
  let bytes: Encoded = {
    bytes: Buffer.from(text),
    ascii: /^[\0-\x7f]*$/.test(text),
    surface: () => plainSurface(text),
  };
  for (let next = decode(bytes); next !== undefined; next = decode(bytes)) bytes = next;
  return bytes.bytes.toString();
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const hexadecimal = (text: string): string => Buffer.from(text).toString('hex');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const WORDS = 'a value with 12 signs';

describe('decodes', () => {
  test.each<[what: string, text: string, decoded: string]>([
    ['base64', `k="${base64(WORDS)}"`, `k="${WORDS}"`],
    [
      'base64 for URLs',
      `k=${base64('>>>value>>>with???').replaceAll('+', '-').replaceAll('/', '_')}`,
      'k=>>>value>>>with???',
    ],
    ['hexadecimal', `k="${hex(WORDS)}"`, `k="${WORDS}"`],
    ['percent escapes up to the last of the line', 'k%3D%22a b%22 c', 'k="a b" c'],
    ['Unicode escapes', 'k=\\u0061\\u0062 \\\\u0063', 'k=ab c'],
    ['code points', 'k=U+0061 U+0062 U+0063', 'k=abc'],
    ['one in another', `k=${base64(`x=${base64(WORDS)}`)}`, `k=x=${WORDS}`],
    ['beside what is not ASCII', `é=${base64(WORDS)} é`, `é=${WORDS} é`],
  ])('%s', (_, text, decoded) => {
    expect(fully(text)).toBe(decoded);
  });

  test.each([
    ['words', 'anIdentifierThatIsLong some/path/to/a/file_name'],
    ['a hash', 'a3d3fa7c2bb99e469ba55e5834ce79ee4853a8a3'],
    ['what decodes to bytes', Buffer.from([0, 1, 2, 200, 250, 7, 9, 128, 12, 13, 14, 15]).toString('base64')],
    ['an escape that is none', '100% %zz U+00 \\u00'],
  ])('not %s', (_, text) => {
    expect(findSegments(Buffer.from(text))).toEqual([]);
  });
});

test('any bytes decode to ordered, disjoint parts, and the rounds end', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('%41', '\\u0061', 'U+0061 ', '='),
    fc.base64String(),
    fc.string().map(hex),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const bytes = Buffer.from(pieces.join(''));
      let last = 0;
      for (const { start, end } of findSegments(bytes)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeGreaterThan(start);
        last = end;
      }
      expect(last).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 500 },
  );
});

describe('a secret that was encoded', () => {
  const { rules, allowlists } = readConfiguration({
    file: 'a',
    text: "[[rules]]\nid = 'r'\nregex = 'tok_([a-z]{12})'\nkeywords = ['tok_']\n",
  });
  const scanner = new SecretScanner([{ rules, allowlists }]);
  const token = `tok_${'abcdefghijkl'}`;

  test('is found where its encoded form stands, wherever that is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('é', 'x ', '\n', '😀', '%41 ') }),
        fc.constantFrom(1, 2, 3),
        (around, rounds) => {
          let encoded = token;
          for (let round = 0; round < rounds; round++) encoded = base64(`v=${encoded}`);
          const text = `${around}\n"${encoded}" ${around}`;
          const [only, ...more] = scanner.all(Text.from(text), { path: 'a', commit: undefined });
          expect(more).toEqual([]);
          expect(text.slice(only?.secret.start, only?.secret.end)).toBe(encoded);
          expect(only?.value).toBe('abcdefghijkl');
          expect(only?.depth).toBeGreaterThanOrEqual(rounds);
        },
      ),
    );
  });

  test('more often than is decoded is told, and only then', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: DECODE_ROUNDS + 3 }),
        fc.constantFrom(base64, hexadecimal),
        (rounds, encode) => {
          let encoded = `nothing but words, and ${token}`;
          for (let round = 0; round < rounds; round++) encoded = encode(encoded);
          scanner.undecoded = false;
          const found = scanner.all(Text.from(`before ${encoded} after`), { path: 'a', commit: undefined });
          expect([found.length, scanner.undecoded]).toEqual(rounds > DECODE_ROUNDS ? [0, true] : [1, false]);
        },
      ),
    );
  });

  test('half a million escapes take a moment', () => {
    const text = Text.from(`${'\\u0061 %20 '.repeat(100_000)}`);
    const before = performance.now();
    scanner.all(text, { path: 'a', commit: undefined });
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test('in more parts than are decoded at once is told', () => {
    const undecoded = (parts: number): boolean => {
      scanner.undecoded = false;
      scanner.all(Text.from('\\u0061 x\n'.repeat(parts)), { path: 'a', commit: undefined });
      return scanner.undecoded;
    };
    expect([undecoded(90_000), undecoded(600_000)]).toEqual([false, true]);
  });
});
