import type { Ranges } from './changed-ranges.ts';
import { LONGEST_MARGIN } from './examiner.ts';

/** Bytes looked at in one go. */
export const BATCH = 1 << 18;

export function bytesIn({ items, count }: Ranges): number {
  let total = 0;
  for (let i = 0; i < count; i += 2) total += (items[i + 1] as number) - (items[i] as number);
  return total;
}

/**
 * Fills `batch` with the ranges by turns, {@link BATCH} bytes or a little more each time. Gives the place before which the
 * last batch has looked: a range that is too large for one is cut at the end of a line.
 */
export function* batches(content: Buffer, { items, count }: Ranges, batch: Ranges): Generator<number> {
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
