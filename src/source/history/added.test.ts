import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answers, commonLines, commonLinesAtEnd } from './added.ts';
import { FIELDS, HitKeys, type HitList } from './hits.ts';

const keys = new HitKeys();

/** A hit for every line `S`. */
function hitsIn(text: Buffer): HitList {
  const numbers: number[] = [];
  for (const { index } of text.toString('latin1').matchAll(/^S$/gm)) {
    const hit = { rule: 'r', start: index, end: index + 1, secretStart: index, secretEnd: index + 1 };
    numbers.push(keys.numberOf(hit, text, text.length), index, index + 1, index, index + 1);
  }
  return Int32Array.from(numbers);
}

function answer(before: string, now: string): string | undefined {
  const text = Buffer.from(now);
  const hits = hitsIn(text);
  expect(hits.length % FIELDS).toBe(0);
  return answers(text, Buffer.from(before), hits, keys).get(hits[0] as number);
}

describe('answers', () => {
  it.each([
    ['a\nS\nb\n', 'a\nS\nb\nc\n', 'kept'],
    ['a\nb\n', 'a\nS\nb\n', 'added'],
    ['a\nS\nb\n', 'a\nS\nS\nb\n', 'added'],
    ['a\nS\nb\n', 'x\nS\ny\n', 'kept'],
    ['S\na\nb\nc\n', 'a\nb\nc\nS\n', 'unsure'],
    ['p\nS\nq\nr\n', 'q\nS\np\nx\n', 'unsure'],
    ['a\nS', 'a\nS\n', 'added'],
  ])('of %j to %j is %s', (before, now, expected) => {
    expect(answer(before, now)).toBe(expected);
  });
});

const lines = fc.array(fc.constantFrom('a', 'b', '', 'S'), { maxLength: 12 });
const text = fc.tuple(lines, fc.boolean()).map(([each, feed]) => Buffer.from(each.join('\n') + (feed ? '\n' : '')));

it('trims the lines that two texts share at their ends, and no part of a line', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const start = commonLines(a, b);
      const tail = commonLinesAtEnd(a, b, start);
      expect(a.subarray(0, start)).toEqual(b.subarray(0, start));
      expect(a.subarray(a.length - tail)).toEqual(b.subarray(b.length - tail));
      expect(start + tail).toBeLessThanOrEqual(Math.min(a.length, b.length));
      for (const each of [a, b]) {
        if (start > 0 && start < each.length) expect(each[start - 1]).toBe(10);
        if (tail > 0 && tail < each.length) expect(each[each.length - tail - 1]).toBe(10);
      }
    }),
  );
});
