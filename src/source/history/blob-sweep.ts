import { addLines, type Base, changedRanges, noRanges, overlaps, type Ranges } from './changed-ranges.ts';
import { CleanLines } from './clean-lines.ts';
import type { Runs } from './delta.ts';
import { Digest } from './digest.ts';
import { type BlobHit, type Examiner, LONGEST_MARGIN } from './examiner.ts';
import { FIELDS, type HitKeys, type HitList, NO_HITS, OPENING, openingEnd } from './hits.ts';

/** git calls content binary, and shows no lines of it, when one of its first bytes is NUL. */
export const BINARY_LOOK = 8000;

/** Bytes looked at in one go. */
const BATCH = 1 << 18;

/** Hits held for one blob at most, and for the whole history: past these a history is no source code. */
const MOST_IN_BLOB = 20_000;
const MOST_NUMBERS = 40_000_000;

/** The blob that another was made from, and how. */
export interface Ancestor extends Base {
  readonly runs: Runs;
  readonly hits: HitList;
}

/**
 * Finds the hits of blobs, each from the hits of the blob it was made from. Gives exactly what the examiner would find in
 * each whole blob, see {@link Examiner}.
 */
export class BlobSweep {
  readonly #examiner: Examiner;
  readonly #keys: HitKeys;
  #clean = new CleanLines();
  #digest = new Digest();
  readonly #ranges = noRanges();
  readonly #selected = noRanges();
  readonly #batch = noRanges();
  readonly #found: BlobHit[] = [];
  readonly #marks: number[] = [];
  #numbers = 0;
  /** Bytes the examiner was asked to look at. */
  examined = 0;
  /** Set once hits had to be left out. */
  full = false;

  constructor(examiner: Examiner, keys: HitKeys) {
    this.#examiner = examiner;
    this.#keys = keys;
  }

  /** `undefined` for binary content. Where it was made from another blob: how, and that blob with its hits. */
  hits(content: Buffer, size: number, from?: Ancestor): HitList | undefined {
    if (isBinary(content, size)) return undefined;
    const ranges = this.#ranges;
    if (from === undefined) {
      ranges.items[0] = 0;
      ranges.items[1] = size;
      ranges.count = size === 0 ? 0 : 2;
      return this.#examine(content, size, ranges, []);
    }
    changedRanges(from.runs, content, size, from, this.#examiner.lookback, ranges);
    if (from.hits.length === 0) return this.#examine(content, size, ranges, []);
    const kept = this.#inherit(content, size, from, ranges);
    return this.#examine(content, size, ranges, kept);
  }

  /** The hits that came over whole and untouched; the lines where others began are added to `ranges`. */
  #inherit(content: Buffer, size: number, ancestor: Ancestor, ranges: Ranges): number[] {
    const { runs, hits: from, size: baseSize } = ancestor;
    const candidates: number[] = [];
    const again: number[] = [];
    for (let i = 0; i < runs.count; i += 3) {
      const base = runs.items[i + 1] as number;
      if (base === -1) continue;
      const end = base + (runs.items[i + 2] as number);
      const shift = (runs.items[i] as number) - base;
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
    if (again.length > 0) addLines(ranges, again, content, size);
    return this.#keep(from, candidates, ranges, size);
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

  /** Lets go of what is only of use while there are more blobs. */
  rest(): void {
    this.#clean = new CleanLines();
    this.#digest = new Digest();
  }

  #examine(content: Buffer, size: number, ranges: Ranges, kept: number[]): HitList {
    const found = this.#found;
    const selected = this.#selected;
    found.length = 0;
    this.#clean.select(content, size, ranges, selected);
    if (selected.count > 0) {
      const total = bytesIn(selected);
      this.examined += total;
      this.#marks.length = 0;
      if (total > BATCH) this.#examineBatches(content, size, selected, found);
      else this.#examineSelected(content, size, selected, found);
      this.#clean.learn(found, this.#examiner.marks ? this.#marks : undefined);
    }
    if (found.length === 0 && kept.length === 0) return NO_HITS;
    for (const hit of found) {
      // What only touches lines that were not asked for is inherited from there.
      const end = hit.opening ? hit.start + 1 : Math.max(hit.end, hit.start + 1);
      if (!overlaps(ranges, hit.start, end)) continue;
      const key = hit.opening ? OPENING : this.#keys.numberOf(hit, content, size);
      const reach = hit.opening ? openingEnd(hit.end, size) : hit.end;
      kept.push(key, hit.start, reach, hit.secretStart, hit.secretEnd);
    }
    return this.#store(kept);
  }

  #examineSelected(content: Buffer, size: number, selected: Ranges, found: BlobHit[]): void {
    if (this.#examineDigest(content, size, selected, found)) return;
    this.#marks.length = 0;
    found.length = 0;
    this.#examiner.examine(content, size, selected.items, selected.count, found, this.#marks);
  }

  /** Looks at a large blob a batch at a time, so that no text of its size comes into being. */
  #examineBatches(content: Buffer, size: number, selected: Ranges, found: BlobHit[]): void {
    const hits: BlobHit[] = [];
    const marks: number[] = [];
    const batch = this.#batch;
    for (const start of batches(content, selected, batch)) {
      this.#marks.length = 0;
      found.length = 0;
      this.#examineSelected(content, size, batch, found);
      // What reaches over from the batch before was found there.
      for (const hit of found) if (hit.start >= start) hits.push(hit);
      for (const mark of this.#marks) marks.push(mark);
    }
    found.length = 0;
    for (const hit of hits) found.push(hit);
    this.#marks.length = 0;
    for (const mark of marks) this.#marks.push(mark);
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
    this.#marks.length = 0;
    this.#examiner.examine(digest.bytes, digest.size, items, count, found, this.#marks, size);
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
    if (!isWhole) return false;
    for (let i = 0; i < this.#marks.length; i++) this.#marks[i] = digest.placeInBlob(this.#marks[i] as number);
    return true;
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

function bytesIn({ items, count }: Ranges): number {
  let total = 0;
  for (let i = 0; i < count; i += 2) total += (items[i + 1] as number) - (items[i] as number);
  return total;
}

/**
 * Fills `batch` with the ranges by turns, {@link BATCH} bytes or a little more each time. Gives the place before which the
 * last batch has looked: a range that is too large for one is cut at the end of a line.
 */
function* batches(content: Buffer, { items, count }: Ranges, batch: Ranges): Generator<number> {
  let seen = 0;
  let total = 0;
  batch.count = 0;
  for (let i = 0; i < count; i += 2) {
    const end = items[i + 1] as number;
    for (let start = items[i] as number; start < end; ) {
      const stop = lineEndNear(content, start + BATCH - total, end);
      if (batch.items.length < batch.count + 2) batch.items = new Uint32Array([...batch.items, ...batch.items]);
      batch.items[batch.count++] = start;
      batch.items[batch.count++] = stop;
      total += stop - start;
      start = stop;
      if (total < BATCH) continue;
      yield seen;
      seen = stop;
      total = 0;
      batch.count = 0;
    }
  }
  if (batch.count > 0) yield seen;
}

const LINE_FEED = 10;

/** The end of the line at a place, or the place where the line is too long. */
function lineEndNear(content: Buffer, place: number, end: number): number {
  if (place >= end) return end;
  const next = content.indexOf(LINE_FEED, place);
  return next === -1 || next >= end ? end : next - place > LONGEST_MARGIN ? place : next + 1;
}

export function isBinary(content: Buffer, size: number): boolean {
  const end = Math.min(size, BINARY_LOOK);
  return end > 0 && content.subarray(0, end).indexOf(0) !== -1;
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
