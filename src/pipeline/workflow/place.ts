import type { FilePosition } from '#core/error.ts';
import type { SourceFile, YamlItem } from './yaml-items.ts';

/** The place of an item in its file. */
export const placeOf = ({ file, text }: SourceFile, index: number): FilePosition => ({
  file,
  ...text.positionAt(index),
});

/**
 * The place in the file of a character of a scalar's value. Quotes, escapes, indentation and folding lie between the two,
 * so the characters that are no white space are counted off against each other; within an escape it may be off by one.
 */
export function placeInValue(source: SourceFile, item: YamlItem, offset: number): FilePosition {
  const raw = source.text.string.slice(item.start, item.end);
  const value = typeof item.value === 'string' ? item.value : '';
  if (raw.startsWith(value)) return placeOf(source, item.start + offset);
  let at = firstIndex(raw);
  for (let index = 0; index < offset; index += 1) {
    if (isSpace(value[index])) continue;
    const found = raw.indexOf(value[index] as string, at);
    if (found !== -1) at = found + 1;
  }
  while (at < raw.length && isSpace(raw[at]) && !isSpace(value[offset])) at += 1;
  return placeOf(source, item.start + at);
}

/** Behind the quote, or behind the header of a block (`|-`, `>`). */
function firstIndex(raw: string): number {
  if (raw[0] === '|' || raw[0] === '>') return raw.indexOf('\n') + 1;
  return raw[0] === '"' || raw[0] === "'" ? 1 : 0;
}

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);
