/*
 * Lines of a content, and which of them were seen before: the part of `assembly/history.ts` that knows no deltas.
 */

export const LINE_FEED: u32 = 10;
const SPACE: u32 = 32;

/** Where a line is longer than this it is cut. */
const LONGEST_MARGIN: i32 = 1 << 20;

/** Keys of known lines, 64 bits each; 0 is a free slot. */
const SLOTS: usize = 0x340000;
const SLOT_COUNT: u32 = 0x200000;

/** The content that is looked at. */
export let text: usize = 0;
export let size: i32 = 0;

export function open(content: usize, contentSize: i32): void {
  text = content;
  size = contentSize;
}

export function byteAt(place: i32): u32 {
  return <u32>load<u8>(text + place);
}

/** Which of 16 bytes are line feeds: a bit each, the first byte's the lowest. */
function feedsAt(place: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(text + place), i8x16.splat(<i8>LINE_FEED)));
}

/** Where the line begins that a place is in, or what stands directly before the place. */
export function lineStart(place: i32, least: i32): i32 {
  const lowest = max(least, place - LONGEST_MARGIN);
  let at = place;
  for (; at - 16 >= lowest; at -= 16) {
    const feeds = feedsAt(at - 16);
    if (feeds !== 0) return at + 16 - clz(feeds);
  }
  while (at > lowest && byteAt(at - 1) !== LINE_FEED) at--;
  return at;
}

/** Where the last line before a place begins that is not blank. */
export function lineBefore(place: i32, least: i32): i32 {
  const lowest = max(least, place - LONGEST_MARGIN);
  let at = place;
  while (at > lowest && byteAt(at - 1) <= SPACE) at--;
  return lineStart(at, lowest);
}

/** Where the line ends, its line feed included, that stands directly before a place. */
export function lineEnd(place: i32): i32 {
  let at = min(place, size);
  const highest = min(size, at + LONGEST_MARGIN);
  if (at > 0 && byteAt(at - 1) === LINE_FEED) return at;
  for (; at + 16 <= highest; at += 16) {
    const feeds = feedsAt(at);
    if (feeds !== 0) return at + ctz(feeds) + 1;
  }
  while (at < highest && byteAt(at) !== LINE_FEED) at++;
  return at < size && byteAt(at) === LINE_FEED ? at + 1 : at;
}

/** Where the first line behind a place ends that is not blank. */
export function lineBehind(place: i32): i32 {
  const highest = min(size, place + LONGEST_MARGIN);
  let at = place;
  while (at < highest && byteAt(at) <= SPACE) at++;
  return at === highest ? at : lineEnd(at + 1);
}

let seed1: u64 = 0;
let seed2: u64 = 0;
let known: u32 = 0;
let begin: i32 = 0;
let end: i32 = 0;
let key: u64 = 0;

/** Keys are from a seed that nobody who writes a history can know, so that no line can be made to pass for another. */
export function seed(a: u32, b: u32, c: u32, d: u32): void {
  seed1 = ((<u64>a) << 32) | b;
  seed2 = ((<u64>c) << 32) | d;
}

/** Where the line begins and ends that {@link isKnown} was last asked about. */
export function lineBegin(): i32 {
  return begin;
}

export function lineStop(): i32 {
  return end;
}

/** Whether the line of a place, which does not begin before `least`, was remembered between the same two lines as it is here. */
export function isKnown(content: usize, contentSize: i32, place: i32, least: i32): bool {
  open(content, contentSize);
  begin = lineStart(place, least);
  end = lineEnd(place + 1);
  const before = lineBefore(begin, 0);
  key = hash(end, lineBehind(end), hash(begin, end, hash(before, begin, seed1)));
  if (key === 0) key = 1;
  return load<u64>(slotOf(key)) !== 0;
}

/** Takes a part of the text into a hash. */
function hash(from: i32, to: i32, before: u64): u64 {
  let value = before ^ <u64>(to - from);
  let at = from;
  for (; at + 8 <= to; at += 8) value = mix(value, load<u64>(text + at));
  if (at < to) value = mix(value, load<u64>(text + at) & (((<u64>1) << ((<u64>(to - at)) << 3)) - 1));
  return mix(value, seed2);
}

/** An odd number with its bits well spread: 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;

function mix(value: u64, more: u64): u64 {
  const product = (value ^ more) * MULTIPLIER;
  return product ^ (product >> 29) ^ (product << 17);
}

/** The slot that holds a key, or the free one for it. */
function slotOf(wanted: u64): usize {
  let slot = <u32>(wanted >> 32) & (SLOT_COUNT - 1);
  let found = load<u64>(SLOTS + ((<usize>slot) << 3));
  while (found !== wanted && found !== 0) {
    slot = (slot + 1) & (SLOT_COUNT - 1);
    found = load<u64>(SLOTS + ((<usize>slot) << 3));
  }
  return SLOTS + ((<usize>slot) << 3);
}

/** Remembers the line that {@link isKnown} was last asked about. A table that is full is emptied and fills again. */
export function remember(): void {
  const slot = slotOf(key);
  if (load<u64>(slot) !== 0) return;
  store<u64>(slot, key);
  known++;
  if (known < SLOT_COUNT - (SLOT_COUNT >> 2)) return;
  memory.fill(SLOTS, 0, (<usize>SLOT_COUNT) << 3);
  known = 0;
}
