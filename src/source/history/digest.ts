import type { Ranges } from './changed-ranges.ts';
import { type BlobHit, LONGEST_MARGIN } from './examiner.ts';
import { IntList } from './int-list.ts';

/** A control character on a line of its own: white space does not reach over it. */
const SEPARATOR = Buffer.from('\n\x01\n');
const LINE_FEED = 10;

/** How far behind a range a piece goes: more than a match needs that begins in the range. */
const BEHIND = 320;

/**
 * The parts of a blob that have to be looked at, with some lines around each, as one short text: so that the cost of
 * looking at twenty changed lines of a large file is that of twenty lines.
 */
export class Digest {
  bytes: Buffer = Buffer.alloc(4096);
  size = 0;
  /** The ranges to look at, in the digest. */
  readonly ranges: Ranges = { items: new Uint32Array(64), count: 0 };
  /** Of each piece: where it starts in the digest, where in the blob, its length. */
  readonly #pieces = new IntList(64);
  #blobSize = 0;

  /**
   * Makes the digest of a blob; false if it would not be shorter. A piece that has one of `openings` (pairs of start and
   * end, ascending) goes on to the opening's end.
   */
  make(
    content: Buffer,
    size: number,
    { items, count }: Ranges,
    lookback: number,
    openings: readonly number[] = [],
  ): boolean {
    let total = 0;
    for (let i = 0; i < count; i += 2) total += (items[i + 1] as number) - (items[i] as number) + BEHIND + lookback;
    if (total > size) return false;
    let next = 0;
    this.size = 0;
    this.#blobSize = size;
    this.#pieces.length = 0;
    if (this.ranges.items.length < count) this.ranges.items = new Uint32Array(count * 2);
    this.ranges.count = count;
    let reached = 0;
    for (let i = 0; i < count; i += 2) {
      const start = items[i] as number;
      const end = items[i + 1] as number;
      const from = lineStart(content, Math.max(start - lookback, 0), reached);
      let behind = end + BEHIND;
      for (; next < openings.length && (openings[next] as number) < end; next += 2) {
        behind = Math.max(behind, openings[next + 1] as number);
      }
      const to = lineEnd(content, Math.min(behind, size), size);
      reached = this.#append(content, from, to, reached);
      const shift = this.size - reached;
      this.ranges.items[i] = start + shift;
      this.ranges.items[i + 1] = end + shift;
    }
    return true;
  }

  /** A hit of the digest as one of the blob; `undefined` if that cannot be told from the piece alone. */
  inBlob(hit: BlobHit): BlobHit | undefined {
    const piece = this.#pieceAt(hit.start);
    const [start, blobStart, length] = this.#pieces.items.subarray(piece, piece + 3) as unknown as [
      number,
      number,
      number,
    ];
    const isCut = hit.end >= start + length && blobStart + length < this.#blobSize;
    if (isCut || (hit.start <= start && blobStart > 0)) return undefined;
    const shift = blobStart - start;
    return {
      ...hit,
      start: hit.start + shift,
      end: hit.end + shift,
      secretStart: hit.secretStart + shift,
      secretEnd: hit.secretEnd + shift,
    };
  }

  placeInBlob(place: number): number {
    const piece = this.#pieceAt(place);
    return place - this.#pieces.at(piece) + this.#pieces.at(piece + 1);
  }

  /** Adds a part of the blob, joined to the last piece where it touches it. Gives where the last piece ends in the blob. */
  #append(content: Buffer, from: number, to: number, reached: number): number {
    if (to <= reached) return reached;
    const isJoined = this.#pieces.length > 0 && from <= reached;
    const start = isJoined ? reached : from;
    this.#reserve(to - start + SEPARATOR.length);
    if (isJoined) {
      const last = this.#pieces.length - 1;
      this.#pieces.items[last] = this.#pieces.at(last) + (to - start);
    } else {
      if (this.#pieces.length > 0) this.size += SEPARATOR.copy(this.bytes, this.size);
      this.#pieces.push(this.size);
      this.#pieces.push(start);
      this.#pieces.push(to - start);
    }
    this.size += content.copy(this.bytes, this.size, start, to);
    return to;
  }

  #pieceAt(place: number): number {
    let low = 0;
    let high = this.#pieces.length / 3 - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#pieces.at(middle * 3) <= place) low = middle;
      else high = middle - 1;
    }
    return low * 3;
  }

  #reserve(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(this.size + more)));
    this.bytes.copy(larger, 0, 0, this.size);
    this.bytes = larger;
  }
}

function lineStart(content: Buffer, place: number, reached: number): number {
  let at = place;
  const lowest = Math.max(reached, place - LONGEST_MARGIN, 0);
  while (at > lowest && content[at - 1] !== LINE_FEED) at--;
  return at;
}

function lineEnd(content: Buffer, place: number, size: number): number {
  let at = place;
  const highest = Math.min(size, place + LONGEST_MARGIN);
  while (at < highest && content[at] !== LINE_FEED) at++;
  return at;
}
