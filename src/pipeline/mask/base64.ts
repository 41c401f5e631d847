import { type Gap, type Pattern, Unit } from './pattern.ts';

/*
 * Base64 (RFC 4648) of a text in which the value stands somewhere. The characters depend on how many bytes came before it,
 * modulo three; the first and the last may also hold bits of its neighbours.
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Both alphabets, and how URLs and JSON write the two characters that are special to them. */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  '+': ['+', '-', '%2B', '%2b', '\\u002B', '\\u002b', '&#43;', '&#x2B;', '&#x2b;'],
  '/': ['/', '_', '%2F', '%2f', '\\/', '\\\\/', '\\u002F', '\\u002f', '&#47;', '&#x2F;', '&#x2f;'],
};
const UNITS = [...ALPHABET].map((character) => new Unit(SPECIAL[character] ?? [character]));

const VALUES = new Map([...`${ALPHABET}-_`].map((character, index) => [character.charCodeAt(0), index]));
VALUES.set('-'.charCodeAt(0), 62);
VALUES.set('_'.charCodeAt(0), 63);

/** The three patterns of a value: after 0, 1 or 2 bytes of a group. */
export const base64Patterns = (value: Buffer): Pattern[] => [0, 1, 2].map((before) => patternOf(value, before));

/**
 * What is sure of the base64 of a text that holds the value: the characters that no neighbour has a part in, for each of the three
 * offsets. To be encoded once more.
 */
export const sureBase64 = (value: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const from = Math.ceil((before * 8) / 6);
    const to = Math.floor(((before + value.length) * 8) / 6);
    return Buffer.concat([Buffer.alloc(before), value, Buffer.alloc(3)])
      .toString('base64')
      .slice(from, to);
  });

function patternOf(value: Buffer, before: number): Pattern {
  const bits = (from: number, count: number): number => {
    let result = 0;
    for (let bit = from; bit < from + count; bit += 1) {
      result = (result << 1) | (((value[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
    }
    return result;
  };
  const skew = (6 - ((before * 8) % 6)) % 6;
  const count = Math.floor((value.length * 8 - skew) / 6);
  const units = Array.from({ length: count }, (_, index) => UNITS[bits(skew + index * 6, 6)] as Unit);
  const rest = value.length * 8 - skew - count * 6;
  const [first, last] = [bits(0, skew), bits(value.length * 8 - rest, rest)];
  return {
    units,
    gap: LINE_BREAK,
    widen(text, span) {
      const left = VALUES.get(text[span.start - 1] ?? 0);
      if (skew > 0 && left !== undefined && (left & ((1 << skew) - 1)) === first) span.start -= 1;
      const right = VALUES.get(text[span.end] ?? 0);
      if (rest > 0 && right !== undefined && right >> (6 - rest) === last) span.end += 1;
      return undefined;
    },
  };
}

const [LINE_FEED, RETURN, SPACE, TAB, BACKSLASH, LETTER_N, LETTER_R] = [10, 13, 32, 9, 92, 110, 114];
const MAX_INDENT = 16;

/** Encoders wrap lines at 64 or 76 characters; the break may be indented (YAML) or itself escaped (JSON). */
const LINE_BREAK: Gap = {
  forms: ['\n', '\r\n', '\\n', '\\r\\n', '\n ', '\n  ', '\n\t', '\r\n '],
  skip(text, at, ends) {
    let end = at;
    if (text[end] === BACKSLASH) {
      if (text[end + 1] === LETTER_R && text[end + 2] === BACKSLASH) end += 2;
      if (end + 1 >= text.length) return true;
      if (text[end + 1] !== LETTER_N) return false;
      ends.push(end + 2);
      return false;
    }
    if (text[end] === RETURN) end += 1;
    if (end >= text.length) return true;
    if (text[end] !== LINE_FEED) return false;
    end += 1;
    for (let indent = 0; indent < MAX_INDENT && (text[end] === SPACE || text[end] === TAB); indent += 1) end += 1;
    ends.push(end);
    return false;
  },
};
