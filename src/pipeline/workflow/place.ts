import type { FilePosition } from '#core/error.ts';
import type { SourceFile, YamlItem } from './yaml-items.ts';

/** The place of an item in its file. */
export const placeOf = ({ file, text }: SourceFile, index: number): FilePosition => ({
  file,
  ...text.positionAt(index),
});

/**
 * The place in the file of a character of a scalar's value. Quotes, escapes, indentation and folding lie between the two,
 * so the characters that are no white space are counted off against each other, in linear time.
 */
export function placeInValue(source: SourceFile, item: YamlItem, offset: number): FilePosition {
  const raw = source.text.string.slice(item.start, item.end);
  const value = typeof item.value === 'string' ? item.value : '';
  if (raw.startsWith(value)) return placeOf(source, item.start + offset);
  const style = raw[0] === '"' || raw[0] === "'" ? raw[0] : '';
  let at = style === '' ? blockStart(raw) : 1;
  for (const character of value.slice(0, offset)) {
    if (isSpace(character)) continue;
    at = skipSpace(raw, at, style);
    at += widthOf(raw, at, style, character);
  }
  if (!isSpace(value[offset])) at = skipSpace(raw, at, style);
  return placeOf(source, item.start + Math.min(at, raw.length));
}

/** Behind the header of a block (`|-`, `>`). */
const blockStart = (raw: string): number => (raw[0] === '|' || raw[0] === '>' ? raw.indexOf('\n') + 1 : 0);

const isSpace = (character: string | undefined): boolean => character !== undefined && /\s/.test(character);

/** White space, and what an escape of a double-quoted text stands for it. */
function skipSpace(raw: string, from: number, style: string): number {
  let at = from;
  while (at < raw.length) {
    if (isSpace(raw[at])) at += 1;
    else if (style === '"' && raw[at] === '\\' && /[ntrvfNL_P\s]/.test(raw[at + 1] ?? '')) at += 2;
    else break;
  }
  return at;
}

const ESCAPES: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** How many characters of the file stand for one of the value. */
function widthOf(raw: string, at: number, style: string, character: string): number {
  if (style === '"' && raw[at] === '\\') return ESCAPES[raw[at + 1] ?? ''] ?? 2;
  return style === "'" && character === "'" ? 2 : character.length;
}
