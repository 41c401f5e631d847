import type { CheckSummary } from '#core/check.ts';
import type { Suppression } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import { maskText } from '#core/secret.ts';
import type { Text } from '#core/text.ts';
import { type Directive, directivesOn, isCommentOnly } from './directive.ts';
import type { Masks } from './masks.ts';
import { visible } from './visible.ts';

/** Of a finding over many lines, so many at each end are searched for directives. */
const MOST_LINES = 20;
/** Comments stacked above a finding that are looked at. */
const MOST_ABOVE = 5;
const HIDDEN = '********';

/** The suppressing comments of one artifact. Each line is parsed once, and only lines near findings are. */
export class InlineSuppressions {
  readonly #path: string;
  readonly #text: Text;
  readonly #masks: Masks | undefined;
  readonly #lines = new Map<number, readonly Directive[]>();
  readonly #problems = new Map<string, Problem>();

  constructor(path: string, text: Text, masks: Masks | undefined) {
    this.#path = path;
    this.#text = text;
    this.#masks = masks;
  }

  /** What suppresses a finding of `check` on these lines (from 1, both included). Whether it counts is decided later. */
  of(check: CheckSummary, first: number, last: number): Suppression[] {
    const found: Suppression[] = [];
    for (const [line, directive] of this.#near(first, last)) {
      if (!directive.covers(check)) continue;
      if (directive.malformed === undefined) found.push(this.#suppression(directive, line));
      else this.#complain(directive, line);
    }
    return found;
  }

  /** The directives that could not be obeyed as they are written. */
  get problems(): readonly Problem[] {
    return [...this.#problems.values()];
  }

  *#near(first: number, last: number): Generator<readonly [number, Directive]> {
    for (let line = first; line <= last; line += 1) {
      if (line === first + MOST_LINES) line = Math.max(line, last - MOST_LINES);
      for (const directive of this.#on(line)) yield [line, directive];
    }
    for (let line = first - 1; line >= Math.max(1, first - MOST_ABOVE) && this.#standsAlone(line); line -= 1) {
      for (const directive of this.#on(line)) if (directive.reach !== 'line') yield [line, directive];
    }
    const next = first + 1;
    if (next <= last || next > this.#text.lineCount || !this.#standsAlone(next)) return;
    for (const directive of this.#on(next)) if (directive.reach === 'around') yield [next, directive];
  }

  #standsAlone(line: number): boolean {
    return this.#on(line).length > 0 && isCommentOnly(this.#text.line(line));
  }

  #on(line: number): readonly Directive[] {
    let directives = this.#lines.get(line);
    if (directives === undefined) {
      directives = directivesOn(this.#text.line(line));
      this.#lines.set(line, directives);
    }
    return directives;
  }

  #suppression({ by, reason, until }: Directive, line: number): Suppression {
    return {
      kind: 'inline',
      by,
      ...(reason === undefined ? {} : { reason: this.#shownReason(by, line) }),
      ...(until === undefined ? {} : { until }),
      path: this.#path,
      line,
    };
  }

  /** Read again from the masked line, so that a reason which quotes the secret does not show it. */
  #shownReason(by: string, line: number): string {
    if (this.#masks === undefined) return HIDDEN;
    const { start, end } = this.#text.lineSpan(line);
    const spans = this.#masks.within(start, end).map((span) => ({ start: span.start - start, end: span.end - start }));
    const masked = directivesOn(maskText(this.#text.string.slice(start, end), spans.map(notBefore)));
    return visible(masked.find((directive) => directive.by === by)?.reason ?? HIDDEN);
  }

  #complain({ by, malformed }: Directive, line: number): void {
    this.#problems.set(`${by}:${line}`, {
      code: 'suppression-malformed',
      message: `The comment \`${by}\` suppresses nothing: ${malformed ?? ''}.`,
      path: this.#path,
      line,
    });
  }
}

const notBefore = (span: { readonly start: number; readonly end: number }): { start: number; end: number } => ({
  start: Math.max(span.start, 0),
  end: span.end,
});
