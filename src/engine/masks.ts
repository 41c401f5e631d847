import type { Span } from '#core/secret.ts';
import type { Text } from '#core/text.ts';
import { keyLike } from './key-like.ts';

/** Shorter values are too common as ordinary words for their every occurrence to be masked. */
const SHORTEST_VALUE = 6;
/** A line of a secret of several lines (a key) is a value of its own from this length on. */
const SHORTEST_LINE = 16;
/** Past this many spans the spans are not worth keeping: the artifact shows no frames at all. */
const MOST_SPANS = 200_000;
const LONGEST_VALUE = 4_096;

/**
 * Everything in one artifact that must not be shown: the spans that checks named, and wherever the same values stand
 * again on the lines that a frame shows (a comment that repeats the password, say), and what looks as if it were secret.
 */
export class Masks {
  /** Ascending and apart. */
  readonly spans: readonly Span[];
  readonly #text: Text;
  readonly #values: readonly string[];

  constructor(text: Text, spans: readonly Span[]) {
    this.#text = text;
    this.spans = merge(spans);
    this.#values = valuesOf(text, this.spans);
  }

  /** What must not be shown of `start..end`, ascending and apart; each span whole, also where it reaches outside. */
  within(start: number, end: number): Span[] {
    const found: Span[] = [];
    for (let index = this.#firstEndingAfter(start); index < this.spans.length; index += 1) {
      const span = this.spans[index] as Span;
      if (span.start >= end) break;
      found.push(span);
    }
    const known = merge([...found, ...this.#repeats(start, end)]);
    // What is known has a mask of its own, and a wider one could show more of it.
    const others = keyLike(this.#text.string, start, end).filter(
      (span) => !known.some((other) => overlap(span, other)),
    );
    return merge([...known, ...others]);
  }

  /** Looks past both ends, so that a value which a cut divides is found, too. */
  #repeats(start: number, end: number): Span[] {
    const longest = this.#values.reduce((most, value) => Math.max(most, value.length), 0);
    const from = Math.max(0, start - longest);
    const region = this.#text.string.slice(from, end + longest);
    const found: Span[] = [];
    for (const value of this.#values) {
      for (let at = region.indexOf(value); at !== -1; at = region.indexOf(value, at + value.length)) {
        const span = { start: from + at, end: from + at + value.length };
        if (span.start < end && span.end > start) found.push(span);
      }
    }
    return found;
  }

  #firstEndingAfter(index: number): number {
    let low = 0;
    let high = this.spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.spans[middle] as Span).end <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Collects spans while checks look at an artifact. */
export class MaskCollector {
  readonly #spans: Span[] = [];
  #full = false;

  add(span: Span): void {
    if (this.#spans.length < MOST_SPANS) this.#spans.push(span);
    else this.#full = true;
  }

  /** `undefined` where there were too many to know what may be shown. */
  finish(text: Text): Masks | undefined {
    return this.#full ? undefined : new Masks(text, this.#spans);
  }
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

function merge(spans: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (end <= start) continue;
    const last = merged.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

function valuesOf(text: Text, spans: readonly Span[]): string[] {
  const values = new Set<string>();
  for (const span of spans) {
    if (span.end - span.start > LONGEST_VALUE) continue;
    const value = text.string.slice(span.start, span.end);
    if (!value.includes('\n')) {
      if (value.length >= SHORTEST_VALUE) values.add(value);
      continue;
    }
    for (const line of value.split('\n')) if (line.trim().length >= SHORTEST_LINE) values.add(line.trim());
  }
  return [...values];
}
