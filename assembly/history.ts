/*
 * What looks at every byte of a history: makes contents from deltas, and tells what is new in them.
 * `src/source/history/kernel.ts` says what for, owns the memory and sees to it that 64 bytes can be read behind everything.
 * Places in a content are counted from its begin.
 */

import { byteAt, LINE_FEED, lineBefore, lineBehind, lineEnd, lineStart, open, size, text } from './lines';

/** How a content was made: triples of place, place in the base (-1: new), length. */
const RUNS: usize = 0x10000;
const MOST_RUNS: i32 = 0x10000;
/** Pairs of begin and end. */
const RANGES: usize = 0xd0000;
/** Of each piece of the digest: place in the digest, place in the content, length. */
const PIECES: usize = 0x160000;
const DIGEST: usize = 0x230000;
const MOST_DIGEST: i32 = 0x100000;

let runCount: i32 = 0;
let rangeCount: i32 = 0;
let pieceCount: i32 = 0;

/** The size that a delta says its result has; -1 if it is damaged. */
export function resultSize(delta: usize, size: i32): i32 {
  next = 0;
  readSize(delta, size);
  return readSize(delta, size);
}

let next: i32 = 0;

/** Reads a number at `next`; -1 if there is none below 2 GB. */
function readSize(delta: usize, size: i32): i32 {
  let value: u64 = 0;
  for (let shift: u64 = 0; shift < 49 && next < size; shift += 7) {
    const byte = <u64>load<u8>(delta + next++);
    value |= (byte & 127) << shift;
    if (byte < 128) return value > 0x7fffffff ? -1 : <i32>value;
  }
  return -1;
}

/**
 * Applies a delta (gitformat-pack, "Deltified representation") and notes the runs. Gives their number; -1 if it is damaged,
 * -2 if they are too many to be noted: then the content was made, and how is not known.
 */
export function apply(delta: usize, deltaSize: i32, base: usize, baseSize: i32, target: usize, room: i32): i32 {
  next = 0;
  runCount = 0;
  if (readSize(delta, deltaSize) !== baseSize) return -1;
  const size = readSize(delta, deltaSize);
  if (size < 0 || size > room) return -1;
  let at = next;
  let written: i32 = 0;
  while (at < deltaSize) {
    const op = <i32>load<u8>(delta + at++);
    if (op >= 128) {
      let start: u32 = 0;
      let length: i32 = 0;
      if (op & 1) start = <u32>load<u8>(delta + at++);
      if (op & 2) start |= (<u32>load<u8>(delta + at++)) << 8;
      if (op & 4) start |= (<u32>load<u8>(delta + at++)) << 16;
      if (op & 8) start |= (<u32>load<u8>(delta + at++)) << 24;
      if (op & 16) length = <i32>load<u8>(delta + at++);
      if (op & 32) length |= (<i32>load<u8>(delta + at++)) << 8;
      if (op & 64) length |= (<i32>load<u8>(delta + at++)) << 16;
      if (length === 0) length = 0x10000;
      if (at > deltaSize || <u64>start + <u64>length > <u64>baseSize || written + length > size) return -1;
      memory.copy(target + written, base + start, length);
      noteRun(written, <i32>start, length);
      written += length;
    } else {
      if (op === 0 || at + op > deltaSize || written + op > size) return -1;
      memory.copy(target + written, delta + at, op);
      noteRun(written, -1, op);
      at += op;
      written += op;
    }
  }
  if (written !== size) return -1;
  return runCount > MOST_RUNS ? -2 : runCount;
}

/** Runs that continue each other are one. */
function noteRun(place: i32, base: i32, length: i32): void {
  if (runCount > MOST_RUNS) return;
  const last = RUNS + runCount * 12 - 12;
  if (runCount > 0) {
    const from = load<i32>(last, 4);
    if (base === -1 ? from === -1 : from >= 0 && from + load<i32>(last, 8) === base) {
      store<i32>(last, load<i32>(last, 8) + length, 8);
      return;
    }
  }
  if (runCount < MOST_RUNS) {
    store<i32>(last + 12, place);
    store<i32>(last + 12, base, 4);
    store<i32>(last + 12, length, 8);
  }
  runCount++;
}

/**
 * Of a content just made, the ranges that have to be looked at: what is new, and the seams between pieces that were apart;
 * in whole lines, with the next line on either side that is not blank. Gives twice their number.
 */
export function changed(content: usize, contentSize: i32, base: usize, baseSize: i32): i32 {
  open(content, contentSize);
  rangeCount = 0;
  for (let run = RUNS; run < RUNS + runCount * 12; run += 12) {
    const start = load<i32>(run);
    const from = load<i32>(run, 4);
    if (from === -1) addRange(start, start + load<i32>(run, 8));
    else if (!startsLine(content, start) || !startsLine(base, from)) addRange(max(start - 1, 0), start + 1);
    else if (start > 0) addRange(start - 1, start);
  }
  if (runCount > 0 && isCut(baseSize)) addRange(size - 1, size);
  return rangeCount * 2;
}

/** Takes ranges from outside: so many numbers were written to `RANGES`. */
export function setRanges(content: usize, contentSize: i32, count: i32): void {
  open(content, contentSize);
  rangeCount = count >> 1;
}

export function rangeNumbers(): i32 {
  return rangeCount << 1;
}

function startsLine(content: usize, place: i32): bool {
  return place === 0 || load<u8>(content + place - 1) === LINE_FEED;
}

/** Whether the last line was copied and goes on in the base. */
function isCut(baseSize: i32): bool {
  const last = RUNS + runCount * 12 - 12;
  const from = load<i32>(last, 4);
  return from !== -1 && byteAt(size - 1) !== LINE_FEED && from + load<i32>(last, 8) < baseSize;
}

function addRange(from: i32, to: i32): void {
  const last = RANGES + rangeCount * 8 - 8;
  const reached = rangeCount === 0 ? 0 : load<i32>(last, 4);
  if (rangeCount > 0 && to <= reached) return;
  const start = lineBefore(lineStart(max(from, reached), reached), reached);
  const end = lineBehind(lineEnd(to));
  if (rangeCount > 0 && start <= reached) {
    store<i32>(last, end, 4);
    return;
  }
  store<i32>(last + 8, start);
  store<i32>(last + 8, end, 4);
  rangeCount++;
}

/**
 * Puts the ranges, with one line more on either side, into the digest, a line with a control character between them. Gives its
 * size; -1 if it would be no shorter than the content, or too large. Trap: of `changed`'s content.
 */
export function digest(): i32 {
  pieceCount = 0;
  let out: i32 = 0;
  let reached: i32 = 0;
  for (let range = RANGES; range < RANGES + rangeCount * 8; range += 8) {
    const from = lineBefore(load<i32>(range), reached);
    const to = lineBehind(load<i32>(range, 4));
    if (to <= reached) continue;
    const isJoined = pieceCount > 0 && from <= reached;
    const start = isJoined ? reached : from;
    if (out + (to - start) + 3 > min(MOST_DIGEST, size)) return -1;
    if (isJoined) {
      const last = PIECES + pieceCount * 12 - 12;
      store<i32>(last, load<i32>(last, 8) + (to - start), 8);
    } else {
      if (pieceCount > 0) {
        store<u32>(DIGEST + out, 0x0a010a);
        out += 3;
      }
      const piece = PIECES + pieceCount * 12;
      store<i32>(piece, out);
      store<i32>(piece, start, 4);
      store<i32>(piece, to - start, 8);
      pieceCount++;
    }
    memory.copy(DIGEST + out, text + start, to - start);
    out += to - start;
    reached = to;
  }
  return out;
}

export function pieces(): i32 {
  return pieceCount;
}

/** Whether a NUL is among the first bytes of a content. */
export function holdsNul(content: usize, length: i32): bool {
  let at: i32 = 0;
  for (; at + 16 <= length; at += 16) if (!i8x16.all_true(v128.load(content + at))) return true;
  for (; at < length; at++) if (load<u8>(content + at) === 0) return true;
  return false;
}
