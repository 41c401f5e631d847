import { LONGEST_MARGIN } from './examiner.ts';

/** Ascending, disjoint pairs `start, end`, in one array that is used again and again. */
export interface Ranges {
  items: Uint32Array;
  count: number;
}

export const noRanges = (): Ranges => ({ items: new Uint32Array(512), count: 0 });

const LINE_FEED = 10;

/** Adds a range widened to whole lines; `reached` is the end of the last one. Gives the new end. */
function addRange(ranges: Ranges, content: Buffer, size: number, from: number, to: number, reached: number): number {
  const { items } = ranges;
  if (to <= reached && ranges.count > 0) return reached;
  let start = Math.max(from, reached, 0);
  const lowest = Math.max(reached, start - LONGEST_MARGIN);
  while (start > lowest && content[start - 1] !== LINE_FEED) start--;
  let end = Math.min(Math.max(to, start), size);
  const highest = Math.min(size, end + LONGEST_MARGIN);
  if (end === 0 || content[end - 1] !== LINE_FEED) {
    while (end < highest && content[end] !== LINE_FEED) end++;
    if (end < size && content[end] === LINE_FEED) end++;
  }
  if (ranges.count > 0 && start <= reached) items[ranges.count - 1] = end;
  else {
    items[ranges.count] = start;
    items[ranges.count + 1] = end;
    ranges.count += 2;
  }
  return end;
}

/** Adds the lines of some places to ranges, which stay ascending and disjoint. */
export function addLines(ranges: Ranges, places: readonly number[], content: Buffer, size: number): void {
  const all: [number, number][] = places.map((place) => [place, Math.min(place + 1, size)]);
  for (let i = 0; i < ranges.count; i += 2) all.push([ranges.items[i] as number, ranges.items[i + 1] as number]);
  all.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (ranges.items.length < all.length * 2) ranges.items = new Uint32Array(all.length * 4);
  ranges.count = 0;
  let reached = 0;
  for (const [start, end] of all) reached = addRange(ranges, content, size, start, end, reached);
}

/** Whether `[start, end)` shares a byte with a range. */
export function overlaps({ items, count }: Ranges, start: number, end: number): boolean {
  let low = 0;
  let high = count >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((items[middle * 2 + 1] as number) <= start) low = middle + 1;
    else high = middle;
  }
  return low * 2 < count && (items[low * 2] as number) < end;
}
