import { randomInt } from 'node:crypto';
import type { Ranges } from './changed-ranges.ts';
import { type BlobHit, LONGEST_MARGIN } from './examiner.ts';
import { IntList } from './int-list.ts';

/** Slots of the table at first and at most, two numbers each: 64 MB. Past that it is emptied and fills again. */
const FIRST_SLOTS = 1 << 17;
const MOST_SLOTS = 1 << 23;

/** Keys are 64 bits from a seed that nobody who writes a history can know, so no line can be made to pass for another. */
const SEED_1 = randomInt(2 ** 32) | 0;
const SEED_2 = randomInt(2 ** 32) | 0;

const LINE_FEED = 10;
const SPACE = 32;

/** Numbers for each pending line, and what can be noted of one. */
const PENDING = 7;
const MARKED = 1;
const HIT = 2;

/**
 * The lines in which the examiner found nothing. A history writes the same lines again and again, on every branch and
 * in every version whose delta has another base: three quarters of what deltas bring is known already.
 *
 * A line without a mark is clean wherever it stands. One with a mark (a keyword of a rule, say) is clean between the two
 * lines around it, blank ones left out, because a match may reach over to them. To use: `select`, then the examiner,
 * then `learn`.
 */
export class CleanLines {
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  /** The lines of one range: where they start (and where the last ends), the halves of their hash, whether they are blank. */
  #starts = new Int32Array(1024);
  #hash1 = new Int32Array(1024);
  #hash2 = new Int32Array(1024);
  #blank = new Uint8Array(1024);
  /** The lines selected last: start, end, the key of the line alone, and the key of the line with those around it. */
  readonly #pending = new IntList();
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** The halves of the hash made last. */
  #last1 = 0;
  #last2 = 0;

  /** Leaves of `ranges` the lines that are not known to be clean. What `selected` held is overwritten. */
  select(content: Buffer, size: number, ranges: Ranges, selected: Ranges): void {
    this.#pending.length = 0;
    selected.count = 0;
    this.#view = new DataView(content.buffer, content.byteOffset, size);
    for (let i = 0; i < ranges.count; i += 2) {
      const start = ranges.items[i] as number;
      const end = ranges.items[i + 1] as number;
      const lines = this.#hashLines(content, start, end);
      this.#selectLines(content, size, lines, end, selected);
    }
  }

  /** Remembers those of the selected lines that no hit touches. `found` and `marks` may be in any order. */
  learn(found: readonly BlobHit[], marks: readonly number[] | undefined): void {
    const { items, length } = this.#pending;
    for (const hit of found) this.#note(hit.start, hit.opening ? hit.start + 1 : hit.end, HIT);
    if (marks !== undefined) for (const mark of marks) this.#note(mark, mark + 1, MARKED);
    for (let line = 0; line < length; line += PENDING) {
      const noted = items[line + 2] as number;
      if (noted === HIT) continue;
      const key = line + (noted === MARKED || marks === undefined ? 5 : 3);
      this.#add(items[key] as number, items[key + 1] as number);
    }
  }

  /** Notes something about the selected lines that share a byte with `[start, end)`. */
  #note(start: number, end: number, what: number): void {
    const { items, length } = this.#pending;
    let low = 0;
    let high = length / PENDING;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[middle * PENDING + 1] as number) <= start) low = middle + 1;
      else high = middle;
    }
    const last = Math.max(end, start + 1);
    for (let line = low * PENDING; line < length && (items[line] as number) < last; line += PENDING) {
      items[line + 2] = Math.max(items[line + 2] as number, what);
    }
  }

  /** Hashes the lines of a range, the last one as far as the range goes. Gives how many there are. */
  #hashLines(content: Buffer, start: number, end: number): number {
    let at = start;
    let line = 0;
    while (at < end) {
      if (line + 1 >= this.#starts.length) this.#growLines();
      this.#starts[line] = at;
      this.#blank[line] = this.#isBlank(content, end, at) ? 1 : 0;
      at = this.#hashLine(content, end, at);
      this.#hash1[line] = this.#last1;
      this.#hash2[line++] = this.#last2;
    }
    this.#starts[line] = at;
    return line;
  }

  #selectLines(content: Buffer, size: number, lines: number, end: number, selected: Ranges): void {
    let from = -1;
    for (let line = 0; line < lines; line++) {
      // A blank line between two that are not known would only cut a range in two.
      if (this.#blank[line] === 1) continue;
      const start = this.#starts[line] as number;
      const next = this.#starts[line + 1] as number;
      const isWhole =
        (start === 0 || content[start - 1] === LINE_FEED) && (next === size || content[next - 1] === LINE_FEED);
      if (isWhole && this.#isClean(content, size, line, lines)) {
        if (from !== -1) add(selected, from, start);
        from = -1;
      } else if (from === -1) from = start;
    }
    if (from !== -1) add(selected, from, end);
  }

  /** Whether a line is known to be clean; if not, it is put down as pending. */
  #isClean(content: Buffer, size: number, line: number, lines: number): boolean {
    const own1 = this.#hash1[line] as number;
    const own2 = this.#hash2[line] as number;
    if (this.#has(own1, own2)) return true;
    this.#hashBefore(content, line);
    const key1 = own1 ^ Math.imul(this.#last1 + 1, 0xc2b2ae35);
    const key2 = own2 ^ Math.imul(this.#last2 + 1, 0x27d4eb2f);
    this.#hashBehind(content, size, line, lines);
    const around1 = Math.imul(key1, 31) ^ Math.imul(this.#last1, 0x165667b1);
    const around2 = Math.imul(key2, 37) ^ Math.imul(this.#last2, 0x2c1b3c6d);
    if (this.#has(around1, around2)) return true;
    this.#pend(line, own1, own2, around1, around2);
    return false;
  }

  /** Hashes the line before one, blank lines left out. */
  #hashBefore(content: Buffer, line: number): void {
    for (let before = line - 1; before >= 0; before--) {
      if (this.#blank[before] === 1) continue;
      this.#last1 = this.#hash1[before] as number;
      this.#last2 = this.#hash2[before] as number;
      return;
    }
    let start = this.#starts[0] as number;
    while (start > 0 && (content[start - 1] as number) <= SPACE) start--;
    const lowest = Math.max(0, start - LONGEST_MARGIN);
    while (start > lowest && content[start - 1] !== LINE_FEED) start--;
    this.#hashLine(content, Math.min(this.#starts[0] as number, start + LONGEST_MARGIN), start);
  }

  /** Hashes the line behind one, blank lines left out. */
  #hashBehind(content: Buffer, size: number, line: number, lines: number): void {
    for (let behind = line + 1; behind < lines; behind++) {
      if (this.#blank[behind] === 1) continue;
      this.#last1 = this.#hash1[behind] as number;
      this.#last2 = this.#hash2[behind] as number;
      return;
    }
    let start = this.#starts[lines] as number;
    const limit = Math.min(size, start + LONGEST_MARGIN);
    while (start < limit && this.#isBlank(content, limit, start)) start = this.#hashLine(content, limit, start);
    this.#hashLine(content, limit, start);
  }

  #isBlank(content: Buffer, limit: number, start: number): boolean {
    let at = start;
    while (at < limit && (content[at] as number) <= SPACE) if (content[at++] === LINE_FEED) return true;
    return at === limit;
  }

  /** Hashes the line at `start`, up to `limit`, into `#last1` and `#last2`. Gives where the next one starts. */
  #hashLine(content: Buffer, limit: number, start: number): number {
    const view = this.#view;
    let hash1 = SEED_1;
    let hash2 = SEED_2;
    let at = start;
    // Four bytes at a time, until one of them is a line feed: the usual test for a zero byte, on the difference.
    for (; at + 4 <= limit; at += 4) {
      const word = view.getInt32(at, true);
      const difference = word ^ 0x0a0a0a0a;
      if (((difference - 0x01010101) & ~difference & 0x80808080) !== 0) break;
      hash1 = Math.imul(hash1 ^ word, 0x9e3779b1);
      hash1 ^= hash1 >>> 15;
      hash2 = Math.imul(((hash2 << 11) | (hash2 >>> 21)) + word, 0x85ebca6b);
    }
    while (at < limit) {
      const byte = content[at++] as number;
      if (byte === LINE_FEED) break;
      hash1 = Math.imul(hash1 ^ byte, 0x9e3779b1);
      hash1 ^= hash1 >>> 15;
      hash2 = Math.imul(((hash2 << 11) | (hash2 >>> 21)) + byte, 0x85ebca6b);
    }
    this.#last1 = hash1 ^ (hash1 >>> 13);
    this.#last2 = (hash2 ^ (hash2 >>> 16)) + (at - start);
    return at;
  }

  #pend(line: number, own1: number, own2: number, around1: number, around2: number): void {
    const pending = this.#pending;
    pending.push(this.#starts[line] as number);
    pending.push(this.#starts[line + 1] as number);
    pending.push(0);
    pending.push(own1);
    pending.push(own2);
    pending.push(around1);
    pending.push(around2);
  }

  #has(key1: number, key2: number): boolean {
    const slots = this.#slots;
    for (let slot = key1 & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const first = slots[slot * 2] as number;
      const second = slots[slot * 2 + 1] as number;
      if (first === key1 && second === key2) return true;
      if (first === 0 && second === 0) return false;
    }
  }

  #add(key1: number, key2: number): void {
    if (this.#count * 3 > this.#mask * 2) this.#grow();
    if (this.#put(key1, key2)) this.#count++;
  }

  #put(key1: number, key2: number): boolean {
    const slots = this.#slots;
    let slot = key1 & this.#mask;
    for (;;) {
      const first = slots[slot * 2] as number;
      const second = slots[slot * 2 + 1] as number;
      if (first === key1 && second === key2) return false;
      if (first === 0 && second === 0) break;
      slot = (slot + 1) & this.#mask;
    }
    slots[slot * 2] = key1;
    slots[slot * 2 + 1] = key2;
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#count = 0;
    if (this.#mask + 1 >= MOST_SLOTS) {
      old.fill(0);
      return;
    }
    this.#mask = (this.#mask + 1) * 4 - 1;
    this.#slots = new Int32Array((this.#mask + 1) * 2);
    for (let i = 0; i < old.length; i += 2) {
      const key1 = old[i] as number;
      const key2 = old[i + 1] as number;
      if ((key1 !== 0 || key2 !== 0) && this.#put(key1, key2)) this.#count++;
    }
  }

  #growLines(): void {
    const length = this.#starts.length * 2;
    this.#starts = grown(this.#starts, length);
    this.#hash1 = grown(this.#hash1, length);
    this.#hash2 = grown(this.#hash2, length);
    const blank = new Uint8Array(length);
    blank.set(this.#blank);
    this.#blank = blank;
  }
}

function grown(items: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(items);
  return larger;
}

function add(ranges: Ranges, start: number, end: number): void {
  if (ranges.count + 2 > ranges.items.length) {
    const larger = new Uint32Array(ranges.items.length * 2);
    larger.set(ranges.items);
    ranges.items = larger;
  }
  ranges.items[ranges.count] = start;
  ranges.items[ranges.count + 1] = end;
  ranges.count += 2;
}
