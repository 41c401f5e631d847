import { decodePart, type Encoding, hexValue, looksLikeText, PRECEDENCE } from './codecs.ts';
import { encodedFrom } from './glance.ts';

/** An encoded part of a text, in byte offsets, and what it decodes to. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly decoded: string;
}

const MIN_BASE64 = 16;
const MIN_HEX = 32;
/** More decoded parts than this are not a text somebody wrote; the rest stays as it is, and is told. */
export const MAX_SEGMENTS = 100_000;

const PERCENT = 37;
const BACKSLASH = 92;
const CAPITAL_U = 85;

interface Candidate {
  readonly encoding: Encoding;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the encoded parts of a text that decode to text: percent escapes up to the last one in their line, runs of `U+XXXX`
 * and `\uXXXX`, hexadecimal from 32 digits, base64 from 16 characters. Where two touch, the one of higher precedence
 * is taken and the other waits for the next round, as in gitleaks.
 */
export function findSegments(bytes: Buffer): Segment[] {
  const segments: Segment[] = [];
  let before: Candidate | undefined;
  const finder = new Finder(bytes);
  for (let next = finder.next(0); next !== undefined && segments.length < MAX_SEGMENTS; next = finder.next(next.end)) {
    const follower = touches(before, next) ? before : undefined;
    const weaker = follower !== undefined && PRECEDENCE[follower.encoding] > PRECEDENCE[next.encoding];
    before = next;
    if (weaker || finder.strongerAt(next)) continue;
    const decoded = decodePart(next.encoding, bytes, next.start, next.end);
    if (decoded !== undefined && decoded !== '') segments.push({ start: next.start, end: next.end, decoded });
  }
  return segments;
}

const touches = (before: Candidate | undefined, next: Candidate): boolean => before?.end === next.start;

/** How the forms of Unicode escapes begin. */
const LEADS = ['\\u', '\\U', 'U+'] as const;

/**
 * Looks for candidates line by line, in those lines in which {@link encodedFrom} sees one, and remembers where each kind was last
 * found, so that no part of the text is searched twice.
 */
class Finder {
  readonly #bytes: Buffer;
  /** Candidates begin before this place, the end of a line. */
  #limit = 0;
  /** The next place of each lead; -2: not searched yet, -1: there is none. */
  readonly #leads = LEADS.map(() => -2);
  #percent: Candidate | undefined;
  #unicode: Candidate | undefined;
  #run: Candidate | undefined;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The leftmost candidate that begins at `at` or behind, but for some that do not decode. */
  next(at: number): Candidate | undefined {
    let found = at < this.#limit ? this.#from(at) : undefined;
    for (let from = Math.max(at, this.#limit); found === undefined; from = this.#limit) {
      const place = encodedFrom(this.#bytes, from);
      if (place === -1) return undefined;
      found = this.#enter(Math.max(from, this.#bytes.lastIndexOf(10, place) + 1), place);
    }
    return found;
  }

  /** Goes on to the line of a place; the first candidate in it that begins at `at` or behind. */
  #enter(at: number, place: number): Candidate | undefined {
    const end = this.#bytes.indexOf(10, place);
    this.#limit = end === -1 ? this.#bytes.length : end + 1;
    this.#leads.fill(-2);
    this.#percent = this.#percentFrom(at);
    this.#unicode = this.#unicodeFrom(at);
    this.#run = this.#runFrom(at);
    return this.#from(at);
  }

  #from(at: number): Candidate | undefined {
    if (this.#percent !== undefined && this.#percent.start < at) this.#percent = this.#percentFrom(at);
    if (this.#unicode !== undefined && this.#unicode.start < at) this.#unicode = this.#unicodeFrom(at);
    if (this.#run !== undefined && this.#run.start < at) this.#run = this.#runFrom(at);
    return earlier(earlier(this.#percent, this.#unicode), this.#run);
  }

  /** Whether a candidate of higher precedence begins where this one ends. */
  strongerAt({ encoding, end }: Candidate): boolean {
    const byte = this.#bytes[end];
    const canLead = byte === PERCENT || byte === BACKSLASH || byte === CAPITAL_U;
    if (encoding === 'percent' || !canLead) return false;
    const next = end < this.#limit ? this.#from(end) : this.#enter(end, end);
    return next?.start === end && PRECEDENCE[next.encoding] > PRECEDENCE[encoding];
  }

  #percentFrom(from: number): Candidate | undefined {
    const bytes = this.#bytes.subarray(0, this.#limit);
    for (let start = bytes.indexOf(PERCENT, from); start !== -1; start = bytes.indexOf(PERCENT, start + 1)) {
      if (!isEscape(bytes, start)) continue;
      const newline = bytes.indexOf(10, start);
      const line = newline === -1 ? bytes.length : newline;
      let last = bytes.lastIndexOf(PERCENT, line - 3);
      while (last > start && !isEscape(bytes, last)) last = bytes.lastIndexOf(PERCENT, last - 1);
      return { encoding: 'percent', start, end: Math.max(start, last) + 3 };
    }
    return undefined;
  }

  #unicodeFrom(from: number): Candidate | undefined {
    let start = -1;
    LEADS.forEach((lead, index) => {
      const known = this.#leads[index] as number;
      // Each lead is searched for once: an escape of another kind does not move its next one.
      if (known !== -1 && known < from) this.#leads[index] = this.#lead(lead, from);
      start = firstOf(start, this.#leads[index] as number);
    });
    if (start === -1) return undefined;
    let end = start;
    for (let length = unicodeLength(this.#bytes, end); length > 0; length = unicodeLength(this.#bytes, end)) {
      if (this.#bytes[end] !== this.#bytes[start]) break;
      end += length;
    }
    return { encoding: 'unicode', start, end };
  }

  /** The next escape that begins with these characters, or with a second backslash before them. */
  #lead(lead: string, from: number): number {
    const bytes = this.#bytes;
    const within = bytes.subarray(0, this.#limit + 1);
    for (let at = within.indexOf(lead, from, 'latin1'); at !== -1; at = within.indexOf(lead, at + 1, 'latin1')) {
      if (unicodeLength(bytes, at) === 0) continue;
      return at > from && bytes[at] === BACKSLASH && bytes[at - 1] === BACKSLASH ? at - 1 : at;
    }
    return -1;
  }

  #runFrom(from: number): Candidate | undefined {
    const bytes = this.#bytes;
    for (let start = runStart(bytes, from, this.#limit); start !== -1; ) {
      let end = start;
      while (hexValue(bytes[end]) >= 0) end += 1;
      if (end - start >= MIN_HEX) return { encoding: 'hex', start, end };
      while (IN_RUN[bytes[end] ?? 0] === 1) end += 1;
      for (let pad = 0; pad < 2 && bytes[end] === 61; pad++) end += 1;
      if (looksLikeText(bytes, start)) return { encoding: 'base64', start, end };
      start = runStart(bytes, end, this.#limit);
    }
    return undefined;
  }
}

/** Where a run of 16 base64 characters begins, from `from` to `limit`; -1: nowhere. Looks at few of the bytes it passes. */
function runStart(bytes: Uint8Array, from: number, limit: number): number {
  let start = from;
  const last = Math.min(bytes.length - MIN_BASE64, limit - 1);
  while (start <= last) {
    let at = start + MIN_BASE64 - 1;
    while (at >= start && IN_RUN[bytes[at] as number] === 1) at -= 1;
    if (at < start) return start;
    start = at + 1;
  }
  return -1;
}

const IN_RUN: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 128 && /[\w/+-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function earlier(a: Candidate | undefined, b: Candidate | undefined): Candidate | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return b.start < a.start ? b : a;
}

const isEscape = (bytes: Uint8Array, at: number): boolean =>
  at + 2 < bytes.length && hexValue(bytes[at + 1]) >= 0 && hexValue(bytes[at + 2]) >= 0;

const firstOf = (a: number, b: number): number => (a === -1 ? b : b === -1 ? a : Math.min(a, b));

/** The length of one `\uXXXX`, `\\uXXXX` or `U+XXXX` (with the space that ends it) at a place; 0: none stands there. */
function unicodeLength(bytes: Uint8Array, at: number): number {
  let digits = at + 2;
  if (bytes[at] === BACKSLASH) {
    if (bytes[at + 1] === BACKSLASH) digits += 1;
    if (((bytes[digits - 1] ?? 0) | 32) !== 117) return 0;
  } else if (bytes[at] !== CAPITAL_U || bytes[at + 1] !== 43) return 0;
  for (let digit = 0; digit < 4; digit++) if (hexValue(bytes[digits + digit]) < 0) return 0;
  const end = digits + 4;
  if (bytes[at] === BACKSLASH) return end - at;
  const next = bytes[end];
  if (next === undefined) return end - at;
  return next === 32 || (next >= 9 && next <= 13 && next !== 11) ? end + 1 - at : 0;
}
