import type { Finding } from '#core/finding.ts';
import { displayWidth, graphemes, graphemeWidth } from './display-width.ts';
import type { Paint, Symbols } from './palette.ts';
import { visible } from './visible.ts';
import { truncate } from './wrap.ts';

export interface FrameStyle {
  readonly width: number;
  readonly paint: Paint;
  readonly symbols: Symbols;
}

/** A half-open range of UTF-16 indices in one line. */
interface Range {
  readonly start: number;
  readonly end: number;
}

interface ShownLine {
  readonly text: string;
  /** Columns before the marked part and of it; 0 for a line without one. */
  readonly before: number;
  readonly marked: number;
}

const TAB = 2;
/** No line of a frame is read further than this: minified files have lines of megabytes. */
const LONGEST = 4000;
/** Share of the room that a cropped line keeps before its marked part. */
const LEAD = 0.3;

/** The lines around a finding with their numbers, and a marker under the place (of several lines: beside them); empty where the finding has no frame. */
export function codeFrame(finding: Finding, style: FrameStyle): string[] {
  const { frame, startLine, endLine } = finding.location;
  if (frame === undefined || frame.lines.length === 0) return [];
  const { paint, symbols } = style;
  const digits = String(frame.firstLine + frame.lines.length - 1).length;
  const room = Math.max(style.width - digits - 5, 10);
  const rows: string[] = [];
  for (const [index, line] of frame.lines.entries()) {
    const lineNumber = frame.firstLine + index;
    const inside = lineNumber >= startLine && lineNumber <= endLine;
    const shown = showLine(line, inside ? markedRange(finding, line, lineNumber) : undefined, room, symbols);
    const sign = inside ? paint(finding.severity, symbols.arrow) : ' ';
    const gutter = paint('quiet', `${String(lineNumber).padStart(digits)} ${symbols.bar}`);
    rows.push(`${sign} ${gutter} ${shown.text}`.trimEnd());
    if (shown.marked > 0 && startLine === endLine) {
      const marker = paint(finding.severity, symbols.marker.repeat(shown.marked));
      rows.push(`  ${paint('quiet', `${' '.repeat(digits)} ${symbols.bar}`)} ${' '.repeat(shown.before)}${marker}`);
    }
  }
  return rows;
}

/**
 * The part of a masked line that the finding is about. The location counts columns of the file, where the secret has its
 * own length; in the frame its mask stands instead, so the mask nearest to the start column is looked for.
 */
export function markedRange(finding: Finding, line: string, lineNumber: number): Range {
  const { startLine, startColumn, endLine, endColumn } = finding.location;
  const start = lineNumber === startLine ? Math.min(startColumn - 1, line.length) : indentation(line);
  const end = lineNumber === endLine ? Math.min(endColumn - 1, line.length) : line.length;
  const mask = finding.secret?.masked;
  if (mask === undefined || mask === '' || lineNumber !== startLine) return { start, end: Math.max(end, start) };
  const at = nearest(line, mask, start);
  if (at === -1) return { start, end: Math.max(end, start) };
  return { start: Math.min(start, at), end: at + mask.length };
}

const indentation = (line: string): number => line.length - line.trimStart().length;

function nearest(line: string, needle: string, to: number): number {
  const after = line.indexOf(needle, to);
  const before = line.lastIndexOf(needle, to);
  if (after === -1 || before === -1) return Math.max(after, before);
  return after - to <= to - before ? after : before;
}

function showLine(line: string, range: Range | undefined, room: number, symbols: Symbols): ShownLine {
  const from = range === undefined ? 0 : Math.max(0, range.start - LONGEST / 2);
  const text = line.slice(from, from + LONGEST);
  const start = (range?.start ?? 0) - from;
  const end = Math.min((range?.end ?? 0) - from, text.length);
  const before = expand(text.slice(0, start));
  const marked = expand(text.slice(start, end));
  const after = expand(text.slice(end));
  const whole = from === 0 && displayWidth(before + marked + after) <= room;
  const lead = whole ? before : tail(before, leadRoom(room, displayWidth(marked)), from > 0, symbols);
  const rest = whole ? marked + after : truncate(marked + after, room - displayWidth(lead), symbols.more);
  const left = displayWidth(lead);
  const size = range === undefined ? 0 : Math.max(1, Math.min(displayWidth(marked), room - left));
  return { text: lead + rest, before: left, marked: size };
}

/** Room before the marked part: all that the marked part leaves, but never less than a look at the context. */
const leadRoom = (room: number, marked: number): number => Math.max(Math.floor(room * LEAD), room - marked - 1);

const expand = (text: string): string => visible(text.replaceAll('\t', ' '.repeat(TAB)));

function tail(text: string, room: number, cut: boolean, symbols: Symbols): string {
  if (!cut && displayWidth(text) <= room) return text;
  const all = [...graphemes(text)];
  let used = displayWidth(symbols.more);
  let first = all.length;
  while (first > 0 && used + graphemeWidth(all[first - 1] ?? '') <= room) {
    first -= 1;
    used += graphemeWidth(all[first] ?? '');
  }
  return symbols.more + all.slice(first).join('');
}
