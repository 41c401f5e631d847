import { type Gap, type Pattern, Unit } from './pattern.ts';

/*
 * What people do to see a secret in a log in spite of masking: a letter at a time (`sed 's/./& /g'`, `fold -w1`, `od -c`), and
 * backwards (`rev`). Who can run code can always think of another way; these two are so well known that a log should not hold them.
 */

const units = new Map<string, Unit>();

function literal(character: string): Unit {
  let unit = units.get(character);
  if (unit === undefined) {
    unit = new Unit([character]);
    units.set(character, unit);
  }
  return unit;
}

export const spacedPattern = (value: string): Pattern => ({ units: [...value].map(literal), gap: SPACE });

export const reversedPattern = (value: string): Pattern => ({ units: [...value].reverse().map(literal) });

const MAX_SPACE = 4;
const SEPARATORS = new Set([...' \t\r\n,.-_'].map((character) => character.charCodeAt(0)));

/** Between any two characters, and never none: else every text that is a value but for a space would be masked. */
const SPACE: Gap = {
  forms: [' ', '  ', '   ', '\n', '\r\n', '\t', ',', ', ', '.', '-', '_'],
  required: true,
  skip(text, at, ends) {
    let end = at;
    while (end < text.length && end - at < MAX_SPACE && SEPARATORS.has(text[end] as number)) {
      end += 1;
      ends.push(end);
    }
    return end === text.length;
  },
};
