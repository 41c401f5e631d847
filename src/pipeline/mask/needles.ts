import { matchAt, OPEN, type Pattern, PREFIX, prefixesOf } from './pattern.ts';

/** Part of a text that shows a secret: `start <= i < end`, in bytes. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

export interface Search {
  /** In the order of their starts; they may overlap. */
  readonly matches: Match[];
  /** From here on the text might become a match once more of it is there; its length where nothing might. */
  readonly open: number;
}

const FILTER_BITS = 20;

/**
 * All patterns, found in one pass. Nearly every place is dismissed by one look at a bit for its four bytes; what is left is looked up,
 * and only what starts like a pattern is read as one.
 */
export class Needles {
  /** A bit for each bucket of prefixes. */
  readonly #filter = new Uint32Array(1 << (FILTER_BITS - 5));
  readonly #byPrefix = new Map<number, Pattern[]>();
  /** Starts of prefixes, of one, two and three bytes, for the end of a text. */
  readonly #first = new Uint8Array(256);
  readonly #pairs = new Uint8Array(1 << 16);
  readonly #triples = new Set<number>();
  #hasEscape = false;

  add(pattern: Pattern): void {
    this.#hasEscape ||= pattern.units.some((unit) => unit.startingWith(0x1b) !== undefined);
    for (const prefix of prefixesOf(pattern)) {
      const [a = 0, b = 0, c = 0, d = 0] = Buffer.from(prefix, 'latin1');
      const key = (a << 24) | (b << 16) | (c << 8) | d;
      this.#first[a] = 1;
      this.#pairs[(a << 8) | b] = 1;
      this.#triples.add((a << 16) | (b << 8) | c);
      const place = bucket(key);
      this.#filter[place >>> 5] = (this.#filter[place >>> 5] as number) | (1 << (place & 31));
      const same = this.#byPrefix.get(key);
      if (same === undefined) this.#byPrefix.set(key, [pattern]);
      else same.push(pattern);
    }
  }

  get empty(): boolean {
    return this.#byPrefix.size === 0;
  }

  /** Whether a secret holds the character that starts colours. */
  get hasEscape(): boolean {
    return this.#hasEscape;
  }

  /**
   * What starts at `from <= i < to`.
   *
   * @param final no more is coming, so nothing stays open.
   */
  search(text: Buffer, final: boolean, from = 0, to = text.length): Search {
    const matches: Match[] = [];
    let open = text.length;
    const filter = this.#filter;
    const last = Math.min(to, text.length - PREFIX + 1);
    // The four bytes from `at` on, moved along by one.
    let key = ((text[from] ?? 0) << 16) | ((text[from + 1] ?? 0) << 8) | (text[from + 2] ?? 0);
    for (let at = from; at < last; at += 1) {
      key = (key << 8) | (text[at + 3] as number);
      const place = bucket(key);
      if ((((filter[place >>> 5] as number) >>> (place & 31)) & 1) === 0) continue;
      const isOpen = this.#examine(text, at, key, matches, final);
      if (isOpen && open === text.length) open = at;
    }
    if (final || to < text.length) return { matches, open };
    return { matches, open: Math.min(open, Math.max(from, this.#openTail(text))) };
  }

  /** Whether anything may start at `from <= i < to`; quicker than a search, where a search would mostly find nothing. */
  mayStart(text: Buffer, from: number, to: number): boolean {
    if (to > text.length - PREFIX) return true;
    for (let at = from; at < to; at += 1) {
      const place = bucket(text.readInt32BE(at));
      if ((((this.#filter[place >>> 5] as number) >>> (place & 31)) & 1) === 1) return true;
    }
    return false;
  }

  /** Adds the longest match that starts here; true where a pattern is still open. */
  #examine(text: Buffer, start: number, key: number, matches: Match[], final: boolean): boolean {
    let open = false;
    let longest: Match | undefined;
    for (const pattern of this.#byPrefix.get(key) ?? []) {
      const reading = matchAt(text, start, pattern);
      if (reading.open) open = true;
      if (reading.end === undefined) continue;
      const span = { start, end: reading.end };
      if (pattern.widen?.(text, span) === OPEN) open = true;
      longest = {
        start: Math.min(longest?.start ?? start, span.start),
        end: Math.max(longest?.end ?? 0, span.end),
      };
    }
    if (longest !== undefined) matches.push(longest);
    return open && !final;
  }

  /** The first of the last bytes with which a prefix may have begun. */
  #openTail(text: Buffer): number {
    const { length } = text;
    const byte = (back: number): number => text[length - back] ?? 0;
    if (length >= 3 && this.#triples.has((byte(3) << 16) | (byte(2) << 8) | byte(1))) return length - 3;
    if (length >= 2 && this.#pairs[(byte(2) << 8) | byte(1)] === 1) return length - 2;
    if (length >= 1 && this.#first[byte(1)] === 1) return length - 1;
    return length;
  }
}

/** Multiplicative hashing (Knuth, volume 3, 6.4). */
const bucket = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - FILTER_BITS);
