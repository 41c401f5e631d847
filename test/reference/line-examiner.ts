import type { BlobHit, Examiner } from '#source/history/examiner.ts';

const TOKEN = /tok_[a-z0-9]{12}/g;
const PASSWORD = /password[ \t]*=[ \t]*"([^"\n]{4,60})"/g;
const BLOCK = /-----BEGIN BOX-----\n(?:[a-z0-9]{1,64}\n){1,20}-----END BOX-----/y;
const OPENS = '-----BEGIN BOX-----';

/** Of the rules that match within a line. */
const LONGEST_MATCH = 100;

/** A block is at most this long. */
const BLOCK_REACH = 1500;

/**
 * An examiner small enough to be seen through: two rules that match within a line, and one over several lines. What
 * history and the reference find with it must be the same.
 */
export const lineExaminer: Examiner = {
  lookback: 0,
  sift(text, size, _whole, marks) {
    for (const { index } of text.toString('latin1', 0, size).matchAll(/tok_|password|-----BEGIN/g)) marks.push(index);
  },
  examine(content, size, ranges, count, found) {
    const hits: BlobHit[] = [];
    for (let i = 0; i < count; i += 2) {
      // A little more than was asked for: a match may cross the ends of a range where a long line is cut.
      const start = Math.max(0, (ranges[i] as number) - LONGEST_MATCH);
      const text = content.toString('latin1', start, Math.min(size, (ranges[i + 1] as number) + LONGEST_MATCH));
      for (const match of text.matchAll(TOKEN)) {
        const at = start + match.index;
        hits.push({ rule: 'token', start: at, end: at + 16, secretStart: at, secretEnd: at + 16 });
      }
      for (const match of text.matchAll(PASSWORD)) {
        const at = start + match.index;
        const end = at + match[0].length;
        const secret = (match[1] as string).length;
        hits.push({ rule: 'password', start: at, end, secretStart: end - 1 - secret, secretEnd: end - 1 });
      }
      for (let at = text.indexOf(OPENS); at !== -1; at = text.indexOf(OPENS, at + 1)) {
        hits.push(blockAt(content, size, start + at));
      }
    }
    const asked = hits.filter(({ start, end, opening }) =>
      overlapsAny(ranges, count, start, opening ? start + 1 : end),
    );
    found.push(...distinct(asked.sort((a, b) => a.start - b.start || a.end - b.end)));
  },
  accepts: (hit, path) => !(hit.rule === 'token' && path.endsWith('.lock')),
};

function overlapsAny(ranges: Uint32Array, count: number, start: number, end: number): boolean {
  for (let i = 0; i < count; i += 2) if ((ranges[i] as number) < end && start < (ranges[i + 1] as number)) return true;
  return false;
}

const distinct = (sorted: readonly BlobHit[]): BlobHit[] =>
  sorted.filter(({ rule, start }, i) => rule !== sorted[i - 1]?.rule || start !== sorted[i - 1]?.start);

function blockAt(content: Buffer, size: number, start: number): BlobHit {
  const text = content.toString('latin1', start, Math.min(size, start + BLOCK_REACH));
  BLOCK.lastIndex = 0;
  const match = BLOCK.exec(text);
  if (match === null) {
    const end = Math.min(size, start + BLOCK_REACH);
    return { rule: 'block', start, end, secretStart: start, secretEnd: start, opening: true };
  }
  const end = start + match[0].length;
  return { rule: 'block', start, end, secretStart: start, secretEnd: end };
}
