import { FIELDS, type HitKeys, type HitList, OPENING } from './hits.ts';

/** Whether a commit brought a hit, as far as it can be told without git: `unsure` has to be looked up in git's diff. */
export type Answer = 'added' | 'kept' | 'unsure';

const LINE_FEED = 10;

/**
 * Tells for each key of `now` whether a change from `before` to `now` added one of its hits, whatever diff algorithm
 * is at work. Lines that both texts begin and end with are trimmed first, as git does; of the rest:
 *
 * - no hit of the key is left in the new text: none was added. Where git slides a hunk over equal lines, what it
 *   shows is the same set of lines.
 * - more hits are left in the new text than in the old one: at least one line has no partner, so it was added.
 * - otherwise it depends on which lines the algorithm pairs.
 *
 * A match over several lines may be shown in part, so only the first rule holds for it.
 */
export function answers(
  now: Buffer,
  before: Buffer,
  hitsNow: HitList,
  hitsBefore: HitList,
  keys: HitKeys,
): Map<number, Answer> {
  const start = commonLines(now, before);
  const tail = commonLinesAtEnd(now, before, start);
  const left = countIn(hitsNow, start, now.length - tail, keys);
  const gone = countIn(hitsBefore, start, before.length - tail, keys);
  const result = new Map<number, Answer>();
  for (let at = 0; at < hitsNow.length; at += FIELDS) {
    const key = hitsNow[at] as number;
    if (key === OPENING || result.has(key)) continue;
    const count = left.get(key) ?? 0;
    if (count === 0) result.set(key, 'kept');
    else if (count > (gone.get(key) ?? 0) && !keys.key(key).multiline) result.set(key, 'added');
    else result.set(key, 'unsure');
  }
  return result;
}

function countIn(hits: HitList, start: number, end: number, keys: HitKeys): Map<number, number> {
  const counts = new Map<number, number>();
  for (let at = 0; at < hits.length; at += FIELDS) {
    const key = hits[at] as number;
    if (key === OPENING) continue;
    // A match of one line may take the line breaks around it along; the secret is on the line itself.
    const fields = keys.key(key).multiline ? 1 : 3;
    const isIn = (hits[at + fields + 1] as number) > start && (hits[at + fields] as number) < end;
    if (isIn) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
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
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  // The line in which they begin to differ is not a common one.
  while (length > 0 && !(startsLine(a, a.length - length) && startsLine(b, b.length - length))) length--;
  return length;
}

const startsLine = (text: Buffer, at: number): boolean => at === 0 || text[at - 1] === LINE_FEED;

/** By halves, with the comparison in native code: most versions of a file agree for long. */
function commonPrefix(a: Buffer, b: Buffer): number {
  let low = 0;
  let high = Math.min(a.length, b.length);
  let step = 1024;
  while (low < high) {
    const end = Math.min(low + step, high);
    if (a.compare(b, low, end, low, end) === 0) {
      low = end;
      step *= 2;
    } else if (end - low <= 64) {
      while (a[low] === b[low]) low++;
      return low;
    } else {
      high = end;
      step = Math.max(32, (end - low) >> 1);
    }
  }
  return low;
}
