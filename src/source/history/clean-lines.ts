import { randomInt } from 'node:crypto';
import type { Ranges } from './changed-ranges.ts';
import { type BlobHit, LONGEST_MARGIN } from './examiner.ts';
import { IntList } from './int-list.ts';

/** Slots of the table at first and at most, two numbers each: 32 MB. Past that it is emptied and fills again. */
const FIRST_SLOTS = 1 << 18;
const MOST_SLOTS = 1 << 22;

/** Keys are 63 bits from a seed that nobody who writes a history can know, so no line can be made to pass for another. */
const SEED_1 = randomInt(2 ** 32) | 0;
const SEED_2 = randomInt(2 ** 32) | 0;

const LINE_FEED = 10;
const SPACE = 32;

/** Numbers for each pending line, and what can be noted of one. */
const PENDING = 5;
const MARKED = 1;
const HIT = 2;

/** What is known of a line: nothing; that it is clean; that it has a mark, so that it depends on the lines around it. */
const UNKNOWN = 0;
const CLEAN = 1;
const DEPENDS = 2;

/**
 * The lines in which the examiner found nothing. A history writes the same lines again and again, on every branch and
 * in every version whose delta has another base: three quarters of what deltas bring is known already.
 *
 * A line without a mark is clean wherever it stands. One with a mark (a keyword of a rule, say) is clean between the two
 * lines around it, blank ones left out, because a match may reach over to them. To use: `select`, then the examiner,
 * then `learn`, while the content is still there.
 */
export class CleanLines {
  #slots = new Int32Array(FIRST_SLOTS * 2);
  #mask = FIRST_SLOTS - 1;
  #count = 0;
  /** The lines selected last: start, end, what was noted, the key of the line. */
  readonly #pending = new IntList();
  #content: Buffer = Buffer.alloc(0);
  #size = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** The halves of the hash made last. */
  #last1 = 0;
  #last2 = 0;

  /** Leaves of `ranges` the lines that are not known to be clean. What `selected` held is overwritten. */
  select(content: Buffer, size: number, ranges: Ranges, selected: Ranges): void {
    this.#pending.length = 0;
    selected.count = 0;
    this.#content = content;
    this.#size = size;
    this.#view = new DataView(content.buffer, content.byteOffset, size);
    for (let i = 0; i < ranges.count; i += 2) {
      this.#selectLines(ranges.items[i] as number, ranges.items[i + 1] as number, selected);
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
      const key1 = items[line + 3] as number;
      const key2 = items[line + 4] as number;
      if (noted !== MARKED && marks !== undefined) this.#add(key1, key2, CLEAN);
      else {
        this.#add(key1, key2, DEPENDS);
        this.#hashAround(items[line] as number, items[line + 1] as number, key1, key2);
        this.#add(this.#last1, this.#last2, CLEAN);
      }
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

  #selectLines(start: number, end: number, selected: Ranges): void {
    const content = this.#content;
    let from = -1;
    let next = start;
    for (let at = start; at < end; at = next) {
      next = this.#hashLine(end, at);
      // A blank line between two that are not known would only cut a range in two.
      if (isBlank(content, at, next)) continue;
      const isWhole =
        (at === 0 || content[at - 1] === LINE_FEED) && (next === this.#size || content[next - 1] === LINE_FEED);
      if (isWhole && this.#isClean(at, next)) {
        if (from !== -1) add(selected, from, at);
        from = -1;
      } else if (from === -1) from = at;
    }
    if (from !== -1) add(selected, from, end);
  }

  /** Whether a line, whose hash was made last, is known to be clean; if not, it is put down as pending. */
  #isClean(start: number, end: number): boolean {
    const key1 = this.#last1;
    const key2 = this.#last2;
    const known = this.#find(key1, key2);
    if (known === CLEAN) return true;
    if (known === DEPENDS) {
      this.#hashAround(start, end, key1, key2);
      if (this.#find(this.#last1, this.#last2) === CLEAN) return true;
    }
    const pending = this.#pending;
    pending.push(start);
    pending.push(end);
    pending.push(0);
    pending.push(key1);
    pending.push(key2);
    return false;
  }

  /** Makes the key of a line together with the lines before and behind it, blank ones left out. */
  #hashAround(start: number, end: number, key1: number, key2: number): void {
    const content = this.#content;
    const lowest = Math.max(0, start - LONGEST_MARGIN);
    let until = start;
    while (until > lowest && (content[until - 1] as number) <= SPACE) until--;
    let from = until;
    while (from > lowest && content[from - 1] !== LINE_FEED) from--;
    this.#hashLine(until, from);
    const before1 = key1 ^ Math.imul(this.#last1 + 1, 0xc2b2ae35);
    const before2 = key2 ^ Math.imul(this.#last2 + 1, 0x27d4eb2f);
    const highest = Math.min(this.#size, end + LONGEST_MARGIN);
    let behind = end;
    while (behind < highest && (content[behind] as number) <= SPACE) behind++;
    this.#hashLine(highest, behind);
    this.#last1 = Math.imul(before1, 31) ^ Math.imul(this.#last1, 0x165667b1);
    this.#last2 = Math.imul(before2, 37) ^ Math.imul(this.#last2, 0x2c1b3c6d);
  }

  /** Hashes the line at `start`, up to `limit`, into `#last1` and `#last2`. Gives where the next one starts. */
  #hashLine(limit: number, start: number): number {
    const content = this.#content;
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

  /** What is known under a key. The lowest bit of the second half tells a line that depends on others. */
  #find(key1: number, key2: number): number {
    const slots = this.#slots;
    const wanted = key2 | 1;
    for (let slot = key1 & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const first = slots[slot * 2] as number;
      const second = slots[slot * 2 + 1] as number;
      if (first === key1 && (second | 1) === wanted) return (second & 1) === 0 ? CLEAN : DEPENDS;
      if (first === 0 && second === 0) return UNKNOWN;
    }
  }

  #add(key1: number, key2: number, what: number): void {
    if (this.#count * 3 > this.#mask * 2) this.#grow();
    if (this.#put(key1, what === CLEAN ? key2 & ~1 : key2 | 1)) this.#count++;
  }

  /** False if the key was there already; it depends on others from now on if it did or does. */
  #put(key1: number, key2: number): boolean {
    const slots = this.#slots;
    let slot = key1 & this.#mask;
    for (;;) {
      const first = slots[slot * 2] as number;
      const second = slots[slot * 2 + 1] as number;
      if (first === key1 && (second | 1) === (key2 | 1)) {
        slots[slot * 2 + 1] = second | key2;
        return false;
      }
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
}

/** Whether a line holds nothing but white space. */
function isBlank(content: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && (content[at] as number) <= SPACE) at++;
  return at === end;
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
