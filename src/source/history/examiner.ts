/**
 * What history needs of whoever looks for something in text. Rooms do not import checks, so app wires the secrets
 * matcher in; history itself knows neither rules nor regexes.
 *
 * History looks at each distinct blob once, whatever the number of commits and paths that hold it; of a blob that git
 * stores as a delta it looks only at the lines the delta brought. These are sifted for marks, and only lines with a mark
 * that were not seen before are examined. Hits on the other lines are those of the blob it was copied from. For this to give
 * exactly what a look at the whole text would give, an examiner keeps four promises:
 *
 * 1. Local. Whether there is a hit depends on the bytes of the match and on what stands directly around it in the same
 *    lines, on nothing else: not the path, not the commit, not how far from the start it is. (Questions of path and
 *    commit are asked by {@link Examiner.accepts}, later and seldom.)
 * 2. Whole. `examine` gives every hit whose match overlaps one of `ranges`, also where it begins before the range or ends
 *    behind it. A match that reaches more than one line beyond the line of its mark gives an *opening* where it begins.
 *    Whether text that is handed in is a whole blob or parts of one, each with the lines around it and a line with a
 *    control character between them, it must not matter to it.
 * 3. Marked. No hit and no opening without a mark on one of its lines.
 * 4. Pure. Same bytes, same hits, in order of `start`; nothing is kept of `content` after the call returns (its memory
 *    is reused), and the call is bounded in time by the size of the ranges.
 */
export interface Examiner {
  /**
   * How far before a changed line a match may begin and still reach it, in bytes: 0 when each match lies within
   * one line, 1 when it may begin in the line before. History widens each range by it, then to whole lines (a line longer
   * than {@link LONGEST_MARGIN} is cut there). Keep it under 200; what can be longer (a PEM block) gives openings.
   */
  readonly lookback: number;

  /**
   * Tells where a text may hold something, quickly: puts a mark, its byte offset, for each place that makes it look
   * closer (a literal of a rule, say), ascending. All text goes through here, most of it gives no mark, and is done
   * with. `text[0, size)` is a whole blob or parts of one, as for `examine`; `whole` is the size of the blob.
   */
  sift(text: Buffer, size: number, whole: number, marks: number[]): void;

  /**
   * Looks at parts of one blob. `content` holds the blob's bytes as git stores them (any encoding, no NUL in the first
   * 8,000 bytes); only `0 <= i < size` belong to it. `ranges` holds pairs `start, end` (half-open byte offsets), ascending,
   * disjoint, each widened to whole lines; the first `count` numbers of it are valid. Reading outside the ranges is
   * allowed and expected where a match crosses their ends. Hits go to `found`.
   *
   * `whole` is the size of the blob where `content` is put together from parts of it.
   */
  examine(content: Buffer, size: number, ranges: Uint32Array, count: number, found: BlobHit[], whole?: number): void;

  /**
   * Does a hit count at this path and in this commit (a rule's path, allowlists of paths and commits)? `undefined` for
   * the commit asks about the path alone. Called for the few hits that a commit may have brought.
   */
  accepts(hit: BlobHit, path: string, commit: string | undefined): boolean;
}

/**
 * One match in a blob. All offsets are bytes from the start of the blob, half open. An examiner may put more on it, for
 * {@link Examiner.accepts}: of equal hits in equal lines, that gets the first one it gave.
 */
export interface BlobHit {
  /** The rule that matched; equal strings are the same rule. */
  readonly rule: string;
  /** The whole match: what must lie in added lines for a commit to have brought it. */
  readonly start: number;
  readonly end: number;
  /** The secret inside the match (equal to it where the rule has no group). Identity of a hit is rule and these bytes. */
  readonly secretStart: number;
  readonly secretEnd: number;
  /**
   * An opening: something begins here that a later edit, further down than `lookback`, could complete to a match (a PEM
   * header without its end). History carries it from blob to blob and has its lines looked at again when what follows
   * has changed; it is never a result. `end` is how far the edit may be from it and still matter.
   */
  readonly opening?: true;
}

/** Where a line is longer than this, a changed place is widened by this many bytes rather than to the whole line. */
export const LONGEST_MARGIN = 1 << 20;
