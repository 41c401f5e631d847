import { FIELDS, type HitKeys, type HitList, OPENING } from './hits.ts';
import { Pairing } from './pairing.ts';

/** Whether a commit brought a hit, as far as it can be told without git: `unsure` has to be looked up in git's diff. */
export type Answer = 'added' | 'kept' | 'unsure';

const LINE_FEED = 10;

/**
 * Tells for each key of `now` whether a change from `before` to `now` added one of its hits, whatever diff algorithm
 * is at work. Lines that both texts begin and end with are trimmed first, as git does; of the rest:
 *
 * - no hit of the key is left in the new text: none was added. Where git slides a hunk over equal lines, what it
 *   shows is the same set of lines.
 * - a line with a hit is there more often than in the rest of the old text: one of them has no partner, so it was added.
 * - each such line has one partner, and every diff pairs the two: none was added; see {@link Pairing}.
 * - otherwise it depends on which lines the algorithm pairs.
 *
 * A match over several lines may be shown in part, and sliding can bring lines together that were apart. It was not
 * added if its first line is nowhere in the changed text; otherwise it is unsure.
 */
export function answers(now: Buffer, before: Buffer, hits: HitList, keys: HitKeys): Map<number, Answer> {
  const start = commonLines(now, before);
  const tail = commonLinesAtEnd(now, before, start);
  const end = now.length - tail;
  const result = new Map<number, Answer>();
  let pairing: Pairing | undefined;
  for (let at = 0; at < hits.length; at += FIELDS) {
    const key = hits[at] as number;
    if (key === OPENING || result.get(key) === 'added') continue;
    // A match of one line may take the line breaks around it along; the secret is on the line itself.
    const place = hits[at + 3] as number;
    if (keys.key(key).multiline) {
      if (!result.has(key)) result.set(key, beginsIn(now.subarray(start, end), now, hits, key) ? 'unsure' : 'kept');
    } else if (place < start || place >= end) {
      if (!result.has(key)) result.set(key, 'kept');
    } else {
      pairing ??= new Pairing(now, start, end, before, start, before.length - tail);
      const counts = pairing.counts(place);
      if (counts.now > counts.before) result.set(key, 'added');
      else if (!pairing.isKept(place)) result.set(key, 'unsure');
      else if (!result.has(key)) result.set(key, 'kept');
    }
  }
  return result;
}

/** Whether the first line of a key's hits is somewhere in a text. */
function beginsIn(changed: Buffer, now: Buffer, hits: HitList, key: number): boolean {
  for (let at = 0; at < hits.length; at += FIELDS) {
    if (hits[at] !== key) continue;
    const start = lineStart(now, hits[at + 1] as number);
    const end = now.indexOf(LINE_FEED, start);
    if (changed.includes(now.subarray(start, end === -1 ? now.length : end))) return true;
  }
  return false;
}

/** Bytes of the whole lines that two texts begin with. */
export function commonLines(a: Buffer, b: Buffer): number {
  const length = commonPrefix(a, b);
  if (length === a.length && length === b.length) return length;
  return lineStart(a, length);
}

function lineStart(text: Buffer, place: number): number {
  let at = place;
  while (at > 0 && text[at - 1] !== LINE_FEED) at--;
  return at;
}

/** Bytes of the whole lines that two texts end with, not counting their first `from` bytes. */
export function commonLinesAtEnd(a: Buffer, b: Buffer, from: number): number {
  const most = Math.min(a.length, b.length) - from;
  let length = commonSuffix(a, b, most);
  // The line in which they begin to differ is not a common one.
  while (length > 0 && !(startsLine(a, a.length - length) && startsLine(b, b.length - length))) length--;
  return length;
}

const startsLine = (text: Buffer, at: number): boolean => at === 0 || text[at - 1] === LINE_FEED;

/** By growing steps, with the comparison in native code: most versions of a file agree for long. */
function commonPrefix(a: Buffer, b: Buffer): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  for (let step = 256; length < most; step *= 2) {
    const end = Math.min(length + step, most);
    if (a.compare(b, length, end, length, end) === 0) length = end;
    else if (step <= 256) break;
    else step = 128;
  }
  while (length < most && a[length] === b[length]) length++;
  return length;
}

function commonSuffix(a: Buffer, b: Buffer, most: number): number {
  let length = 0;
  for (let step = 256; length < most; step *= 2) {
    const end = Math.min(length + step, most);
    if (a.compare(b, b.length - end, b.length - length, a.length - end, a.length - length) === 0) length = end;
    else if (step <= 256) break;
    else step = 128;
  }
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}
