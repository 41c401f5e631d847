import { displayWidth } from './display-width.ts';
import type { RenderOptions } from './options.ts';
import { ASCII, type Paint, paintWith, type Symbols, UNICODE } from './palette.ts';
import { visible } from './visible.ts';
import { truncate, wrap } from './wrap.ts';

/** How text is laid out on this terminal. */
export interface Layout {
  readonly width: number;
  readonly verbose: boolean;
  readonly paint: Paint;
  readonly symbols: Symbols;
}

/** Lines longer than this are hard to read, however wide the terminal is. */
const WIDEST = 120;
const NARROWEST = 24;
/** From this width on labels stand in a column of their own. */
const TWO_COLUMNS = 60;
const LABEL = 9;
const INDENT = '  ';

export const layoutFor = (options: RenderOptions): Layout => ({
  width: Math.min(Math.max(options.width, NARROWEST), WIDEST),
  verbose: options.verbose,
  paint: paintWith(options.color),
  symbols: options.unicode === false ? ASCII : UNICODE,
});

/** A heading with a rule to the right edge. */
export function heading(title: string, layout: Layout): string {
  const { rule, more } = layout.symbols;
  const shown = truncate(title, layout.width - 3, more);
  const right = rule.repeat(Math.max(layout.width - displayWidth(shown) - 4, 0));
  return `${layout.paint('quiet', rule + rule)} ${layout.paint('strong', shown)} ${layout.paint('quiet', right)}`.trimEnd();
}

/** A label and its text, wrapped beside it; on a narrow terminal, below it. */
export function field(label: string, texts: readonly string[], layout: Layout): string[] {
  if (layout.width < TWO_COLUMNS) {
    const lines = texts.flatMap((text) => wrap(visible(text), layout.width - 4));
    return [`${INDENT}${layout.paint('quiet', `${label}:`)}`, ...lines.map((line) => `${INDENT}${INDENT}${line}`)];
  }
  return texts
    .flatMap((text) => wrap(visible(text), layout.width - INDENT.length - LABEL))
    .map((line, index) => INDENT + layout.paint('quiet', (index === 0 ? label : '').padEnd(LABEL)) + line);
}

/** A sign and its text, wrapped so that the text keeps its left edge. */
export function bullet(sign: string, text: string, layout: Layout, indent = ''): string[] {
  const hang = ' '.repeat(indent.length + 2);
  return wrap(visible(text), layout.width - hang.length).map((line, index) =>
    index === 0 ? `${indent}${sign} ${line}` : hang + line,
  );
}
