/**
 * JSON of a value, two spaces deep, with a line break at its end. Beyond what `JSON.stringify` escapes, every character
 * that a terminal or a reviewer would obey rather than see (C1 controls, bidirectional and other format characters,
 * U+2028 and U+2029) is written as `\uXXXX`, which any JSON reader turns back into the same string.
 */
export const jsonText = (value: unknown): string =>
  `${JSON.stringify(value, undefined, 2).replace(/[\p{Cf}\p{Zl}\p{Zp}\u007f-\u009f]/gu, escapeUnits)}\n`;

function escapeUnits(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
