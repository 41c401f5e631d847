/*
 * What looks at every byte of a scan: finds literals in a text. `src/checks/secrets/match/prefilter.ts` says what for, fills the
 * tables, and sees to it that 64 bytes can be read on both sides of a text.
 */

/** One bit for each window (four byte classes) of some literal: bit `window >> 17` of byte `window & 0x1ffff`. */
const MARKS: usize = 0x10000;
/** The class of each byte, and the byte itself with capital letters made small. */
const CLASSES: usize = 0x30000;
const LOWER: usize = 0x30100;
/** Where a bucket's entries begin in `entries`, in 32 bits; the next bucket's begin ends them. */
const BEGINS: usize = 0x30200;
const BUCKETS: u32 = 0x4000;
/** Places noted, in 32 bits. */
const MAYBE: usize = 0x40300;

const CLASS_BITS: i32 = 5;

/** Of each entry: its window in 32 bits; its literal, and how far the literal begins before the window ends, in 16 bits each. */
let entries: usize = 0;
/** The literals end to end, and where each begins. */
let texts: usize = 0;
let textBegins: usize = 0;
/** Pairs of literal and place. */
let found: usize = 0;
let room: i32 = 0;
/** The first of the noted places that {@link confirm} has not compared. */
let next: i32 = 0;

export function layout(entriesAt: usize, textsAt: usize, textBeginsAt: usize, foundAt: usize, mostFound: i32): void {
  entries = entriesAt;
  texts = textsAt;
  textBegins = textBeginsAt;
  found = foundAt;
  room = mostFound;
}

export function nextPlace(): i32 {
  return next;
}

/** The classes of 16 bytes. */
function classesOf(bytes: v128): v128 {
  const low = v128.and(bytes, i8x16.splat(0x1f));
  const high = i8x16.sub(low, i8x16.splat(16));
  const letters = v128.or(
    i8x16.swizzle(i8x16(31, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), low),
    i8x16.swizzle(i8x16(16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 31, 31, 31, 31, 29), high),
  );
  const others = v128.or(
    i8x16.swizzle(i8x16(0, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 29, 30, 30), low),
    i8x16.swizzle(i8x16(27, 27, 27, 27, 27, 28, 28, 28, 28, 28, 31, 31, 31, 31, 31, 31), high),
  );
  const printable = i8x16.gt_s(bytes, i8x16.splat(0x1f));
  return v128.bitselect(letters, v128.and(others, printable), i8x16.gt_s(bytes, i8x16.splat(0x3f)));
}

/** Eight pairs of classes. */
function pairsOf(classes: v128): v128 {
  return v128.or(i16x8.shl(v128.and(classes, i16x8.splat(0xff)), CLASS_BITS), i16x8.shr_u(classes, 8));
}

/**
 * Notes every second place of `from <= i < to`, and perhaps some behind, where the third character of a marked window stands;
 * gives their number.
 */
export function sift(from: usize, to: usize): i32 {
  next = 0;
  let before = pairsOf(classesOf(v128.load(from - 16)));
  let out = MAYBE;
  for (let at = from; at < to; at += 16) {
    const now = pairsOf(classesOf(v128.load(at)));
    const lead = v128.shuffle<u16>(before, now, 7, 8, 9, 10, 11, 12, 13, 14);
    before = now;
    const low = v128.or(i32x4.shl(i32x4.extend_low_i16x8_u(lead), 2 * CLASS_BITS), i32x4.extend_low_i16x8_u(now));
    const high = v128.or(i32x4.shl(i32x4.extend_high_i16x8_u(lead), 2 * CLASS_BITS), i32x4.extend_high_i16x8_u(now));
    out = note(<u32>i32x4.extract_lane(low, 0), at, out);
    out = note(<u32>i32x4.extract_lane(low, 1), at + 2, out);
    out = note(<u32>i32x4.extract_lane(low, 2), at + 4, out);
    out = note(<u32>i32x4.extract_lane(low, 3), at + 6, out);
    out = note(<u32>i32x4.extract_lane(high, 0), at + 8, out);
    out = note(<u32>i32x4.extract_lane(high, 1), at + 10, out);
    out = note(<u32>i32x4.extract_lane(high, 2), at + 12, out);
    out = note(<u32>i32x4.extract_lane(high, 3), at + 14, out);
  }
  return <i32>((out - MAYBE) >> 2);
}

/** Writes the place in any case, and keeps it if its window is marked: there is nothing to guess wrong. */
function note(window: u32, at: usize, out: usize): usize {
  store<u32>(out, <u32>at);
  return out + (((<u32>load<u8>(MARKS + (window & 0x1ffff)) >> (window >> 17)) & 1) << 2);
}

/**
 * Compares literals at the places noted, as long as there is room for what may be found at one. Writes those that lie within
 * `start <= i < end`, and gives their number.
 */
export function confirm(noted: i32, start: usize, end: usize): i32 {
  let count: i32 = 0;
  for (; next < noted; next++) {
    const at = <usize>load<u32>(MAYBE + ((<usize>next) << 2));
    const window =
      (classAt(at - 2) << (3 * CLASS_BITS)) |
      (classAt(at - 1) << (2 * CLASS_BITS)) |
      (classAt(at) << CLASS_BITS) |
      classAt(at + 1);
    const bucket = BEGINS + (((window ^ (window >> 7)) & (BUCKETS - 1)) << 2);
    const first = <usize>load<u32>(bucket);
    const stop = <usize>load<u32>(bucket + 4);
    if (room - count < <i32>(stop - first)) return count;
    for (let entry = entries + (first << 3); entry < entries + (stop << 3); entry += 8) {
      if (load<u32>(entry) === window) count += compare(entry, at, start, end, count);
    }
  }
  return count;
}

function classAt(at: usize): u32 {
  return <u32>load<u8>(CLASSES + <usize>load<u8>(at));
}

/** Whether the literal of an entry stands where its window does; 1 if so, and then it is written. */
function compare(entry: usize, at: usize, start: usize, end: usize, count: i32): i32 {
  const literal = <usize>load<u16>(entry + 4);
  const from = at + 2 - <usize>load<u16>(entry + 6);
  const text = <usize>load<u32>(textBegins + (literal << 2));
  const length = <usize>load<u32>(textBegins + ((literal + 1) << 2)) - text;
  if (from < start || from + length > end) return 0;
  for (let same: usize = 0; same < length; same++) {
    if (load<u8>(LOWER + <usize>load<u8>(from + same)) !== load<u8>(texts + text + same)) return 0;
  }
  store<u32>(found + ((<usize>count) << 3), <u32>literal);
  store<u32>(found + ((<usize>count) << 3) + 4, <u32>from);
  return 1;
}
