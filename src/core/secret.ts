/** What `util.inspect` asks an object for; by its public name, since importing `node:util` would cost every start. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

declare const masked: unique symbol;

/**
 * Text that has been through {@link maskText} (or holds nothing secret by construction). Everything a report can see
 * that comes from scanned content has this type, so that raw text does not compile there.
 */
export type MaskedText = string & { readonly [masked]: true };

/** A half-open range of string indices: `start <= i < end`, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** From this length on a credential is long enough that its first four characters (the provider's prefix) give nothing away. */
const LONG_ENOUGH_FOR_A_PREFIX = 24;
const PREFIX = 4;
const STARS = '********';

const stars = (value: string): string =>
  value.length >= LONG_ENOUGH_FOR_A_PREFIX ? value.slice(0, PREFIX) + STARS : STARS;

/**
 * A value that never leaves its holder unmasked. Printing, serialising, inspecting or cloning one shows its mask
 * (structured clone loses private fields, so it cannot cross to another thread either).
 *
 * ```ts
 * const secret = new Secret('correct-horse-battery-staple');
 * `${secret}` // => 'corr********'
 * JSON.stringify({ secret }) // => '{"secret":"corr********"}'
 * ```
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself: only for hashing, structural proof and asking its provider. */
  reveal(): string {
    return this.#value;
  }

  get masked(): MaskedText {
    return stars(this.#value) as MaskedText;
  }

  toString(): string {
    return this.masked;
  }

  toJSON(): string {
    return this.masked;
  }

  [INSPECT](): string {
    return this.masked;
  }
}

/**
 * Text with each span replaced by its mask. Spans may overlap, touch, be unsorted or reach outside the text: what any
 * of them covers is masked. A span over several lines keeps its line breaks, so that line numbers stay true.
 *
 * ```ts
 * maskText('password = hunter2;', [{ start: 11, end: 18 }]) // => 'password = ********;'
 * ```
 */
export function maskText(text: string, spans: readonly Span[]): MaskedText {
  let result = '';
  let from = 0;
  for (const span of union(spans)) {
    const start = Math.min(Math.max(span.start, from), text.length);
    const end = Math.min(span.end, text.length);
    if (end <= start) continue;
    result += text.slice(from, start) + maskLines(text.slice(start, end));
    from = end;
  }
  return (result + text.slice(from)) as MaskedText;
}

/** For text of our own that holds nothing scanned: a title, a count, a path already checked. */
export const plain = (text: string): MaskedText => text as MaskedText;

function union(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || a.end - b.end);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else merged.push(span);
  }
  return merged;
}

function maskLines(value: string): string {
  if (!value.includes('\n')) return stars(value);
  return value
    .split('\n')
    .map((line) => (line.trim() === '' ? line : STARS))
    .join('\n');
}
