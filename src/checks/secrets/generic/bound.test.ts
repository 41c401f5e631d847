import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectGeneric, GENERIC_KEYWORDS } from './detect.ts';
import { BareEnds } from './value.ts';

/** A text that counts how many of its characters are looked at; what is cut out or searched counts whole. */
class CountedText {
  looked = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get length(): number {
    return this.#text.length;
  }

  charCodeAt(at: number): number {
    this.looked += 1;
    return this.#text.charCodeAt(at);
  }

  charAt(at: number): string {
    this.looked += 1;
    return this.#text.charAt(at);
  }

  slice(start: number, end: number): string {
    const cut = this.#text.slice(start, end);
    this.looked += cut.length;
    return cut;
  }
}

/** Every place of a keyword, asked about in order, as the matcher does. */
function lookAt(text: string): { readonly calls: number; readonly most: number; readonly all: number } {
  const counted = new CountedText(text);
  const ends = new BareEnds();
  const figures = { calls: 0, most: 0, all: 0 };
  for (const { index, 0: keyword } of text.matchAll(new RegExp(GENERIC_KEYWORDS.join('|'), 'g'))) {
    const before = counted.looked;
    detectGeneric(counted as unknown as string, index, keyword, undefined, ends);
    figures.calls += 1;
    figures.most = Math.max(figures.most, counted.looked - before);
  }
  figures.all = counted.looked;
  return figures;
}

const PIECES = [
  ...GENERIC_KEYWORDS,
  ...[
    '=',
    ':',
    ' = ',
    '="',
    "'",
    '\n',
    ' ',
    '\\',
    '_',
    'api',
    '--',
    ', "',
    '(',
    '>',
    '</',
    ' value=',
    'Bearer ',
    'aB3$xZ9',
  ],
];

describe('what the generic detector looks at', () => {
  it('is bounded for each place, whatever the text', () => {
    const piece = fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 }));
    const hostile = fc
      .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 500 }))
      .map(([pieces, times]) => pieces.join('').repeat(times));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(lookAt(text).most).toBeLessThan(3_000);
      }),
      { numRuns: 500 },
    );
  });

  it.each(['token=', 'password:', 'apikey=apikey=', 'secret="aA1$xZ9', 'token == "', '--token ', '<password>'])(
    'is in proportion to the text for %s over and over',
    (piece) => {
      const [short, long] = [lookAt(piece.repeat(2_000)), lookAt(piece.repeat(20_000))];
      expect(short.calls).toBeGreaterThan(1_000);
      expect(long.all).toBeLessThan(11 * short.all);
      expect(long.all / (piece.length * 20_000)).toBeLessThan(30);
    },
  );
});
