import { BATCH, batches, bytesIn } from './batches.ts';
import { addLines, noRanges, overlaps, type Ranges } from './changed-ranges.ts';
import { CleanLines } from './clean-lines.ts';
import { Digest } from './digest.ts';
import type { BlobHit, Examiner } from './examiner.ts';
import { FIELDS, type HitKeys, type HitList, NO_HITS, OPENING, openingEnd } from './hits.ts';
import type { Kernel } from './kernel.ts';
import type { Origin } from './walk.ts';

/** git calls content binary, and shows no lines of it, when one of its first bytes is NUL. */
export const BINARY_LOOK = 8000;

/** Bytes sifted in one go, and how far one part reaches back into the one before. */
const PART = 1 << 20;
const OVERLAP = 1 << 14;

/** Hits held for one blob at most, and for the whole history: past these a history is no source code. */
const MOST_IN_BLOB = 20_000;
const MOST_NUMBERS = 40_000_000;

/** The blob that another was made from, and its hits. The kernel still knows how it was made. */
export interface Ancestor extends Origin {
  readonly hits: HitList;
}

/**
 * Finds the hits of blobs, each from the hits of the blob it was made from. Gives exactly what the examiner would find in
 * each whole blob, see {@link Examiner}.
 */
export class BlobSweep {
  readonly #kernel: Kernel;
  readonly #examiner: Examiner;
  readonly #keys: HitKeys;
  readonly #clean: CleanLines;
  readonly #digest = new Digest();
  readonly #ranges = noRanges();
  readonly #selected = noRanges();
  readonly #batch = noRanges();
  readonly #found: BlobHit[] = [];
  readonly #marks: number[] = [];
  #numbers = 0;
  /** Bytes that were sifted, and those of them that were looked at closer. */
  sifted = 0;
  examined = 0;
  /** Set once hits had to be left out. */
  full = false;

  constructor(kernel: Kernel, examiner: Examiner, keys: HitKeys) {
    this.#kernel = kernel;
    this.#examiner = examiner;
    this.#keys = keys;
    this.#clean = new CleanLines(kernel);
  }

  /**
   * The hits of a content in the kernel's memory; `undefined` if it is binary. `from` is what it was just made from, with its
   * hits.
   */
  hits(content: number, size: number, from?: Ancestor): HitList | undefined {
    const { program } = this.#kernel;
    if (program.holdsNul(content, Math.min(size, BINARY_LOOK)) !== 0) return undefined;
    if (from === undefined) {
      this.#setWhole(content, size);
      return this.#examine(content, size, []);
    }
    const count = program.changed(content, size, from.content, from.size);
    return this.#examine(content, size, from.hits.length === 0 ? [] : this.#inherit(content, size, from, count));
  }

  #setWhole(content: number, size: number): void {
    const { program, ranges } = this.#kernel;
    ranges[0] = 0;
    ranges[1] = size;
    program.setRanges(content, size, size === 0 ? 0 : 2);
  }

  /** The hits that came over whole and untouched; the lines where others began are added to the ranges to look at. */
  #inherit(content: number, size: number, ancestor: Ancestor, count: number): number[] {
    const { hits: from, size: baseSize, runs: runCount } = ancestor;
    const { runs } = this.#kernel;
    const ranges = this.#readRanges(count);
    const candidates: number[] = [];
    const again: number[] = [];
    for (let i = 0; i < runCount * 3; i += 3) {
      const base = runs[i + 1] as number;
      if (base === -1) continue;
      const end = base + (runs[i + 2] as number);
      const shift = (runs[i] as number) - base;
      for (let at = firstFrom(from, base); at < from.length && (from[at + 1] as number) < end; at += FIELDS) {
        const hitEnd = from[at + 2] as number;
        const start = (from[at + 1] as number) + shift;
        // An opening reaches as far as an edit could complete it; all of that has to have come over in one piece.
        const isToTheEnd = from[at] === OPENING && end === baseSize && end + shift === size;
        const whole = hitEnd <= end || isToTheEnd;
        if (whole && !overlaps(ranges, start, hitEnd + shift)) candidates.push(at, shift);
        else again.push(start);
      }
    }
    if (again.length > 0) this.#addLines(ranges, again, content, size);
    return this.#keep(from, candidates, ranges, size);
  }

  /** The ranges that the kernel has to look at. */
  #readRanges(count = this.#kernel.program.rangeNumbers()): Ranges {
    const ranges = this.#ranges;
    if (ranges.items.length < count) ranges.items = new Uint32Array(count * 2);
    ranges.items.set(this.#kernel.ranges.subarray(0, count));
    ranges.count = count;
    return ranges;
  }

  #addLines(ranges: Ranges, places: readonly number[], content: number, size: number): void {
    const { program, memory, ranges: table } = this.#kernel;
    addLines(ranges, places, memory.subarray(content, content + size), size);
    if (ranges.count > table.length) {
      ranges.items[0] = 0;
      ranges.items[1] = size;
      ranges.count = 2;
    }
    table.set(ranges.items.subarray(0, ranges.count));
    program.setRanges(content, size, ranges.count);
  }

  #keep(from: HitList, candidates: readonly number[], ranges: Ranges, size: number): number[] {
    const kept: number[] = [];
    for (let i = 0; i < candidates.length; i += 2) {
      const at = candidates[i] as number;
      const shift = candidates[i + 1] as number;
      const start = (from[at + 1] as number) + shift;
      const isOpening = from[at] === OPENING;
      const end = isOpening ? openingEnd((from[at + 2] as number) + shift, size) : (from[at + 2] as number) + shift;
      if (overlaps(ranges, start, isOpening ? start + 1 : end)) continue;
      kept.push(from[at] as number, start, end, (from[at + 3] as number) + shift, (from[at + 4] as number) + shift);
    }
    return kept;
  }

  #examine(content: number, size: number, kept: number[]): HitList {
    const found = this.#found;
    found.length = 0;
    this.#sift(content, size);
    if (this.#marks.length > 0) this.#examineMarked(content, size, found);
    if (found.length === 0 && kept.length === 0) return NO_HITS;
    const ranges = this.#readRanges();
    const bytes = this.#kernel.memory.subarray(content, content + size);
    for (const hit of found) {
      // What only touches lines that were not asked for is inherited from there.
      const end = hit.opening ? hit.start + 1 : Math.max(hit.end, hit.start + 1);
      if (!overlaps(ranges, hit.start, end)) continue;
      const key = hit.opening ? OPENING : this.#keys.numberOf(hit, bytes, size);
      const reach = hit.opening ? openingEnd(hit.end, size) : hit.end;
      kept.push(key, hit.start, reach, hit.secretStart, hit.secretEnd);
    }
    return this.#store(kept);
  }

  /** Puts the marks of what is to be looked at in `#marks`. */
  #sift(content: number, size: number): void {
    const { program, digest } = this.#kernel;
    const marks = this.#marks;
    marks.length = 0;
    const length = program.digest();
    if (length < 0) this.#siftWhole(content, size);
    else if (length > 0) {
      this.sifted += length;
      this.#examiner.sift(digest, length, size, marks);
      if (marks.length > 0) this.#moveMarks(marks);
    }
  }

  /**
   * By parts, so that no text of a large content's size comes into being. They overlap, so that no mark is cut in two. The
   * lines at a border are marked whatever is in them: a match that is in both parts, however long, has a byte there.
   */
  #siftWhole(content: number, size: number): void {
    const marks: number[] = [];
    const all = this.#marks;
    this.sifted += size;
    for (let from = 0; from < size; from += PART) {
      const start = Math.max(0, from - OVERLAP);
      const end = Math.min(size, from + PART);
      marks.length = 0;
      this.#examiner.sift(this.#kernel.memory.subarray(content + start, content + end), end - start, size, marks);
      for (const mark of marks) all.push(start + mark);
      if (end < size) all.push(end - 1, end);
    }
    if (size > PART) all.sort((a, b) => a - b);
  }

  /** From places in the digest to those in the content. */
  #moveMarks(marks: number[]): void {
    const { program, pieces } = this.#kernel;
    const count = program.pieces() * 3;
    let piece = 0;
    for (let i = 0; i < marks.length; i++) {
      const mark = marks[i] as number;
      while (piece + 3 < count && (pieces[piece + 3] as number) <= mark) piece += 3;
      marks[i] = mark - (pieces[piece] as number) + (pieces[piece + 1] as number);
    }
  }

  /** Looks at the lines with marks that are not known to be clean. */
  #examineMarked(content: number, size: number, found: BlobHit[]): void {
    const selected = this.#selected;
    this.#clean.select(content, size, this.#marks, selected);
    if (selected.count === 0) return;
    const bytes = this.#kernel.memory.subarray(content, content + size);
    const total = bytesIn(selected);
    this.examined += total;
    if (total > BATCH) this.#examineBatches(bytes, size, selected, found);
    else this.#examineSelected(bytes, size, selected, found);
    this.#clean.learn(found);
  }

  #examineSelected(content: Buffer, size: number, selected: Ranges, found: BlobHit[]): void {
    if (this.#examineDigest(content, size, selected, found)) return;
    found.length = 0;
    this.#examiner.examine(content, size, selected.items, selected.count, found);
  }

  /** Looks at a large blob a batch at a time, so that no text of its size comes into being. */
  #examineBatches(content: Buffer, size: number, selected: Ranges, found: BlobHit[]): void {
    const hits: BlobHit[] = [];
    const batch = this.#batch;
    for (const start of batches(content, selected, batch)) {
      found.length = 0;
      this.#examineSelected(content, size, batch, found);
      // What reaches over from the batch before was found there.
      for (const hit of found) if (hit.start >= start) hits.push(hit);
    }
    found.length = 0;
    for (const hit of hits) found.push(hit);
  }

  /** Looks at a digest instead of the blob; false if that could not be done or leaves something open. */
  #examineDigest(content: Buffer, size: number, selected: Ranges, found: BlobHit[]): boolean {
    const openings: number[] = [];
    if (this.#tryDigest(content, size, selected, found, openings)) return true;
    // What a match needs to be complete was cut off: once more, with all of it.
    return openings.length > 0 && this.#tryDigest(content, size, selected, found, openings);
  }

  /** Fails with the places of `openings` that reach further than the digest, or with none if that is not the reason. */
  #tryDigest(content: Buffer, size: number, selected: Ranges, found: BlobHit[], openings: number[]): boolean {
    const digest = this.#digest;
    if (!digest.make(content, size, selected, this.#examiner.lookback, openings)) return false;
    const { items, count } = digest.ranges;
    openings.length = 0;
    found.length = 0;
    this.#examiner.examine(digest.bytes, digest.size, items, count, found, size);
    let isWhole = true;
    for (let i = 0; i < found.length; i++) {
      const hit = found[i] as BlobHit;
      const inBlob = digest.inBlob(hit);
      if (inBlob !== undefined) found[i] = inBlob;
      else if (hit.opening) {
        const start = digest.placeInBlob(hit.start);
        openings.push(start, start + (hit.end - hit.start));
      }
      isWhole &&= inBlob !== undefined;
    }
    return isWhole;
  }

  #store(numbers: number[]): HitList {
    if (numbers.length > MOST_IN_BLOB * FIELDS || this.#numbers + numbers.length > MOST_NUMBERS) {
      this.full = true;
      return NO_HITS;
    }
    this.#numbers += numbers.length;
    return sorted(numbers);
  }
}

/** The first hit of a list that starts at or behind a place. */
function firstFrom(list: HitList, place: number): number {
  let low = 0;
  let high = list.length / FIELDS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle * FIELDS + 1] as number) < place) low = middle + 1;
    else high = middle;
  }
  return low * FIELDS;
}

function sorted(numbers: number[]): HitList {
  const count = numbers.length / FIELDS;
  const order = Array.from({ length: count }, (_, i) => i * FIELDS);
  order.sort((a, b) => {
    for (const field of [1, 2, 0, 3, 4]) {
      const difference = (numbers[a + field] as number) - (numbers[b + field] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const list = new Int32Array(numbers.length);
  order.forEach((from, i) => {
    for (let field = 0; field < FIELDS; field++) list[i * FIELDS + field] = numbers[from + field] as number;
  });
  return list;
}
