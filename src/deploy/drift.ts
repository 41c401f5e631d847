import { inspectRelease, liveRelease } from './releases.ts';
import type { TreeDifference } from './tree.ts';

/** What was signed about the environment: of its last deployment that succeeded. */
export interface Signed {
  readonly release: string;
  /** SHA-256 of the list of its files. */
  readonly content: string;
}

/** What runs, against what was signed. */
export type Drift =
  | { readonly status: 'none'; readonly release: string }
  /** Nothing was deployed, and nothing is live. */
  | { readonly status: 'empty' }
  /** Something is live that no statement speaks of. */
  | { readonly status: 'unsigned'; readonly live: string }
  /** Another release is live than the one that was signed last, or none at all. */
  | { readonly status: 'other-release'; readonly live: string | undefined; readonly signed: string }
  /** The files are as signed, but what runs is not them. */
  | { readonly status: 'not-running'; readonly release: string; readonly reason: string }
  /** `difference` is absent where the list of files was changed too. */
  | { readonly status: 'changed'; readonly release: string; readonly difference?: TreeDifference };

/** Compares the live release with the last deployment that was signed, by the digest of all of its files; then asks what runs. */
export async function findDrift(
  root: string,
  signed: Signed | undefined,
  inspect?: (release: string) => Promise<string | undefined>,
): Promise<Drift> {
  const live = liveRelease(root);
  if (signed === undefined) return live === undefined ? { status: 'empty' } : { status: 'unsigned', live };
  if (live !== signed.release) return { status: 'other-release', live, signed: signed.release };
  const difference = inspectRelease(root, { name: signed.release, content: signed.content });
  if (difference === undefined) return { status: 'changed', release: live };
  const { changed, missing, extra } = difference;
  if (changed.length + missing.length + extra.length > 0) return { status: 'changed', release: live, difference };
  const reason = await inspect?.(live);
  return reason === undefined ? { status: 'none', release: live } : { status: 'not-running', release: live, reason };
}
