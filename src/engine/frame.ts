import type { Frame } from '#core/finding.ts';
import { type MaskedText, maskText, plain, type Span } from '#core/secret.ts';
import type { Text } from '#core/text.ts';
import type { Masks } from './masks.ts';
import { visible } from './visible.ts';

/** Lines shown before and after the finding. */
const CONTEXT = 2;
/** Lines of the finding itself that are shown; the rest of a longer one is left out. */
const MOST_LINES = 10;
/** Longer lines are cut around the finding. */
const WIDEST = 400;
const LEAD = 80;
const CUT = '…';
const HIDDEN = plain('********');
const ALL: Span = { start: 0, end: Number.POSITIVE_INFINITY };

/**
 * The lines around a span as they may be shown: every secret masked, long lines cut, invisible characters spelled out.
 * A cut never falls into a secret, and of a secret that spans several lines no line shows a beginning.
 */
export function frameOf(text: Text, span: Span, masks: Masks): Frame {
  const start = text.positionAt(span.start);
  const end = text.positionAt(Math.max(span.start, span.end - 1));
  const first = Math.max(1, start.line - CONTEXT);
  const last = Math.min(text.lineCount, Math.min(end.line, start.line + MOST_LINES - 1) + CONTEXT);
  const lines: MaskedText[] = [];
  let column = start.column;
  for (let line = first; line <= last; line += 1) {
    const shown = showLine(text, line, line === start.line ? span.start : undefined, masks);
    lines.push(shown.text);
    if (line === start.line) column = shown.column;
  }
  // The empty last line that a final line break makes is no line to anyone but us.
  if (lines.length > 1 && last === text.lineCount && last > end.line && lines.at(-1) === '') lines.pop();
  return { firstLine: first, lines, ...(column === start.column ? {} : { column }) };
}

interface Shown {
  readonly text: MaskedText;
  /** Where the span starts in `text`, from 1. */
  readonly column: number;
}

function showLine(text: Text, line: number, at: number | undefined, masks: Masks): Shown {
  const whole = text.lineSpan(line);
  const near = Math.min(at ?? whole.start, whole.end);
  const wanted = cut(whole, near);
  const spans = masks.within(wanted.start, wanted.end);
  const shown = widen(text.string, wanted, whole, spans);
  let result = shown.start > whole.start ? CUT : '';
  let column = 0;
  let from = shown.start;
  const show = (until: number): void => {
    if (near >= from && near <= until) column = result.length + visible(text.string.slice(from, near)).length + 1;
    result += visible(text.string.slice(from, until));
    from = until;
  };
  for (const span of spans) {
    show(Math.max(span.start, from));
    const inside = span.start >= whole.start && span.end <= whole.end;
    if (near > span.start && near < span.end) column = result.length + 1;
    result += inside ? visible(maskText(text.string.slice(span.start, span.end), [ALL])) : HIDDEN;
    from = Math.min(span.end, shown.end);
  }
  show(shown.end);
  return { text: plain(shown.end < whole.end ? result + CUT : result), column };
}

function cut(line: Span, near: number): Span {
  if (line.end - line.start <= WIDEST) return line;
  const start = near - line.start <= LEAD ? line.start : near - LEAD;
  return { start, end: Math.min(line.end, start + WIDEST) };
}

/** Moves the ends of a cut out of the spans and surrogate pairs that they would divide; never over the line's ends. */
function widen(string: string, wanted: Span, line: Span, spans: readonly Span[]): Span {
  let { start, end } = wanted;
  for (const span of spans) {
    if (span.start < start) start = Math.max(span.start, line.start);
    if (span.end > end) end = Math.min(span.end, line.end);
  }
  if (start > line.start && isLowSurrogate(string, start)) start -= 1;
  if (end < line.end && isLowSurrogate(string, end)) end += 1;
  return { start, end };
}

function isLowSurrogate(string: string, index: number): boolean {
  const code = string.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff;
}
