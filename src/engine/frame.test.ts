import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Span } from '#core/secret.ts';
import { Text } from '#core/text.ts';
import { frameOf } from './frame.ts';
import { Masks } from './masks.ts';

/** `«…»` is the finding, and secret if `secret` says so. */
function frame(marked: string, secret = true, more: readonly Span[] = []) {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const text = Text.from(marked.replace('«', '').replace('»', ''));
  return frameOf(text, { start, end }, new Masks(text, secret ? [{ start, end }, ...more] : more));
}

test('two lines around, and the finding masked', () => {
  expect(frame('1\n2\n3\nkey = «hunter2»;\n5\n6\n7')).toEqual({
    firstLine: 2,
    lines: ['2', '3', 'key = ********;', '5', '6'],
  });
});

test('at the ends of a file there are fewer lines, and no empty one after the last', () => {
  expect(frame('«hunter2»\n')).toEqual({ firstLine: 1, lines: ['********'] });
  expect(frame('a\n«hunter2»')).toEqual({ firstLine: 1, lines: ['a', '********'] });
});

test('what is masked is masked wherever it stands on the lines shown', () => {
  expect(frame('# hunter2 is old\nkey = «hunter2»').lines).toEqual(['# ******** is old', 'key = ********']);
});

test('the secret of another finding in the context is masked', () => {
  const other = 'other = letmein\n';
  expect(frame(`${other}key = «hunter2»`, true, [{ start: 8, end: 15 }]).lines[0]).toBe('other = ********');
});

test('of a secret of several lines no line shows a beginning', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
  const { lines } = frame(`a = "«${body}\n${body}\n${body}»" // end\nnext`);
  expect(lines).toEqual(['a = "********', '********', '********" // end', 'next']);
  const text = Text.from(`${body}\n${body}\nx\n`);
  const below = frameOf(text, { start: 66, end: 67 }, new Masks(text, [{ start: 0, end: 65 }]));
  expect(below.lines).toEqual(['********', '********', 'x']);
});

test('a long line is cut around the finding, which says where it starts', () => {
  const shown = frame(`${'a'.repeat(5_000)}«BAD»${'b'.repeat(5_000)}`, false);
  const line = shown.lines[0] ?? '';
  expect(line.length).toBeLessThanOrEqual(402);
  expect(line.slice((shown.column ?? 0) - 1, (shown.column ?? 0) + 2)).toBe('BAD');
});

test('a cut never falls into a secret', () => {
  const secret = 's3cr3t'.repeat(50);
  for (const gap of [0, 70, 79, 80, 81, 100]) {
    const text = Text.from(
      `${'a'.repeat(500)}${secret}${' '.repeat(gap)}BAD${' '.repeat(380 - gap)}${secret}${'b'.repeat(500)}`,
    );
    const start = text.string.indexOf('BAD');
    const masks = new Masks(text, [{ start: 500, end: 500 + secret.length }]);
    expect(frameOf(text, { start, end: start + 3 }, masks).lines[0]).not.toMatch(/s3cr3ts|r3t(?!\*)|3ts/);
  }
});

test('characters that nobody sees are spelled out', () => {
  expect(frame('\x1b[2J\u202eevil\u2028«hunter2»\t\ud800').lines).toEqual([
    '\\x1b[2J\\u{202e}evil\\u{2028}********\t\\u{d800}',
  ]);
});

test('no frame shows any part of a secret that could not be its prefix', () => {
  const filler = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\u202e', '😀', '\r'), maxLength: 600 });
  const secret = fc.stringMatching(/^[0-9]{6,60}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(filler, secret), { minLength: 1, maxLength: 6 }),
      filler,
      fc.nat(),
      (parts, end, pick) => {
        let string = '';
        const spans: Span[] = [];
        for (const [before, value] of parts) {
          string += before;
          // Every other secret is known only because the same value is one elsewhere.
          spans.push({ start: string.length, end: string.length + value.length });
          string += `${value}x${value}`;
        }
        const text = Text.from(string + end);
        const span = spans[pick % spans.length] as Span;
        const { lines, column, firstLine } = frameOf(text, span, new Masks(text, spans));
        // A prefix of at most four digits may be shown before the stars.
        for (const line of lines)
          expect(line.replaceAll(/(?:\\u\{[0-9a-f]+\}|\\x[0-9a-f]{2})/g, '').replaceAll(/\d{4}\*{8}/g, '')).not.toMatch(
            /\d/,
          );
        const start = text.positionAt(span.start);
        const line = lines[start.line - firstLine] ?? '';
        expect(line.slice((column ?? start.column) - 1)).toMatch(/^(?:\d{4})?\*{8}/);
      },
    ),
    { numRuns: 500 },
  );
});
