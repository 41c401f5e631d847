import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from './display-width.ts';
import { codeSpan, escapeMarkdown, firstSentence } from './markdown-text.ts';
import { visible, visibleLines } from './visible.ts';
import { bytes, count, number } from './wording.ts';
import { truncate, wrap } from './wrap.ts';

describe('visible text', () => {
  test.each([
    ['plain ünïcode 本', 'plain ünïcode 本'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['\u009b', '\\x9b'],
    ['\u202eevil\u2066', '\\u{202e}evil\\u{2066}'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['\ud800 \udc00', '\\u{d800} \\u{dc00}'],
    ['😀', '😀'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('%j', (text, shown) => expect(visible(text)).toBe(shown));

  test('is the same when made visible again', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(visible(visible(text))).toBe(visible(text));
      }),
    ));

  test('keeps lines where lines are wanted', () => expect(visibleLines('a\r\nb\u2028c\td')).toBe('a\nb\nc  d'));
});

describe('columns', () => {
  test.each([
    ['abc', 3],
    ['本番', 4],
    ['한글', 4],
    ['é', 1],
    ['e\u0301', 1],
    ['😀', 2],
    ['❤️', 2],
    ['ｆｕｌｌ', 8],
    ['', 0],
  ])('%j takes %i', (text, width) => expect(displayWidth(text)).toBe(width));

  test('wrapping keeps every word and no line is too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 10, max: 60 }), (text, width) => {
        const shown = visible(text);
        const lines = wrap(shown, width);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(shown.replaceAll(' ', ''));
      }),
    );
  });

  test('a truncated text fits and says so', () => {
    expect(truncate('本番環境', 6, '…')).toBe('本番…');
    expect(truncate('short', 6, '…')).toBe('short');
  });
});

describe('Markdown', () => {
  test.each([
    ['*a* _b_ [c](d) <e> | @f #1', '&#42;a&#42; &#95;b&#95; &#91;c&#93;(d) &#60;e&#62; &#124; &#64;f &#35;1'],
    ['- item', '&#45; item'],
    ['1. item', '&#49;. item'],
    ['https://example.com', 'https&#58;//example.com'],
  ])('%j is text', (text, written) => expect(escapeMarkdown(text)).toBe(written));

  test.each([
    ['a', '`a`'],
    ['a`b', '`` a`b ``'],
    ['``', '``` `` ```'],
    [' a', '`  a `'],
    ['', '`  `'],
  ])('%j in a code span', (text, written) => expect(codeSpan(text)).toBe(written));

  test('a bar in a table', () => expect(codeSpan('a|b', true)).toBe('`a\\|b`'));

  test('first sentences', () => {
    expect(firstSentence('One of v1.2 here. Two.\n\nThree.')).toBe('One of v1.2 here.');
    expect(firstSentence('No end\nof line\n\nnext')).toBe('No end of line');
  });
});

describe('numbers', () => {
  test('in groups, counted and in bytes', () => {
    expect([0, 999, 1000, 1234567].map(number)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([count(1, 'file'), count(2000, 'file'), count(0, 'class', 'classes')]).toEqual([
      '1 file',
      '2,000 files',
      '0 classes',
    ]);
    expect([999, 1000, 1_500_000, 2e15].map(bytes)).toEqual(['999 B', '1.0 kB', '1.5 MB', '2000.0 TB']);
  });
});
