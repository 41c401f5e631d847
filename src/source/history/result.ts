import type { Problem } from '#core/problem.ts';
import type { Secret } from '#core/secret.ts';

/** One commit that brought a secret to one path. */
export interface HistoryPlace {
  readonly commit: string;
  readonly author: string;
  readonly email: string;
  /** ISO 8601 of the author date, UTC. */
  readonly date: string;
  /** As people see it, see `displayName`. */
  readonly path: string;
  /** Where the secret starts in the commit's version of the file, from 1; columns count bytes. */
  readonly line: number;
  readonly column: number;
  /**
   * The commit is a merge, and the secret is in none of its parents at this path: no diff shows it, `git log -p` is
   * silent. Given only for secrets that no other commit brought.
   */
  readonly merge: boolean;
}

/** The lines around a place, raw: mask before showing. */
export interface Excerpt {
  readonly firstLine: number;
  /** Whole lines as git stores them, cut to a few thousand bytes. */
  readonly bytes: Buffer;
  /** Where the match and its secret are in `bytes`. */
  readonly match: { readonly start: number; readonly end: number };
  readonly secret: { readonly start: number; readonly end: number };
}

/** One rule and one secret, with every commit and path that brought it. */
export interface HistoryHit {
  readonly rule: string;
  readonly secret: Secret;
  /** Oldest first: by author date, commit, path, line. There is at least one. */
  readonly places: readonly HistoryPlace[];
  /** Of the first place. */
  readonly excerpt: Excerpt;
  /** Is it still in a file of HEAD's tree? */
  readonly inHead: boolean;
}

/** What a whole history holds. Sorted: same repository, same value. */
export interface HistoryResult {
  readonly hits: readonly HistoryHit[];
  readonly problems: readonly Problem[];
  readonly commits: number;
  readonly blobs: number;
  readonly binary: number;
  /** Bytes of all distinct blobs, and how many of them had to be looked at. */
  readonly bytes: number;
  readonly examined: number;
}
