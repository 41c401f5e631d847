import { displayWidth, graphemes, graphemeWidth } from './display-width.ts';

/** Under this nothing can be laid out; narrower terminals wrap by themselves. */
const NARROWEST = 10;

/** Words of a text in lines of at most `width` columns. A word that does not fit on a line of its own is cut. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(width, NARROWEST);
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ').flatMap((word) => pieces(word, room))) {
    const size = displayWidth(word);
    if (line !== '' && used + 1 + size > room) {
      lines.push(line);
      line = '';
    }
    used = line === '' ? size : used + 1 + size;
    line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** Text cut to `width` columns; what is left out is shown by `mark`. */
export function truncate(text: string, width: number, mark: string): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(mark);
  let kept = '';
  let used = 0;
  for (const grapheme of graphemes(text)) {
    used += graphemeWidth(grapheme);
    if (used > room) break;
    kept += grapheme;
  }
  return kept + mark;
}

function pieces(word: string, room: number): string[] {
  if (displayWidth(word) <= room) return word === '' ? [] : [word];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const grapheme of graphemes(word)) {
    const size = graphemeWidth(grapheme);
    if (used + size > room) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += grapheme;
    used += size;
  }
  return [...parts, part];
}
