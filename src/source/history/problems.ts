import type { Problem } from '#core/problem.ts';
import type { Inventory } from './inventory.ts';
import type { ObjectStore } from './object-store.ts';

export interface HistoryTroubles {
  readonly inventory: Inventory;
  readonly store: ObjectStore;
  /** Commits that refs or other commits name and no store holds. */
  readonly missingCommits: number;
  /** More hits were found than are held. */
  readonly full: boolean;
}

/** What of a history could not be looked at, as Problems. */
export function historyProblems({ inventory, store, missingCommits, full }: HistoryTroubles): Problem[] {
  const problems: Problem[] = [];
  for (const { pack, reason } of store.losses) {
    problems.push({
      code: 'pack-damaged',
      path: pack,
      message: `A part of the history cannot be read: ${reason}.`,
      hint: FSCK,
    });
  }
  for (const [key, count] of inventory.losses) {
    const [loss, pack] = key.split(' ') as [string, string];
    problems.push(loss === 'large' ? tooLarge(pack, count, store.largest) : damaged(pack, count));
  }
  if (inventory.commits.cut > 0) problems.push(SHALLOW);
  const missing = missingCommits + inventory.trees.missing;
  if (missing > 0) problems.push(store.partial ? PARTIAL : MISSING);
  if (full) problems.push(FULL);
  return problems;
}

const FSCK = 'Run `git fsck` to see what is damaged, and fetch it again.';

const damaged = (pack: string, count: number): Problem => ({
  code: 'object-damaged',
  path: pack,
  message: `${objects(count)} of the history cannot be read.`,
  hint: FSCK,
});

const tooLarge = (pack: string, count: number, largest: number): Problem => ({
  code: 'file-too-large',
  path: pack,
  message: `${objects(count)} of the history larger than ${Math.round(largest / 2 ** 20)} MiB, or stored as a change to one, not looked at.`,
});

const objects = (count: number): string => (count === 1 ? 'One object' : `${count} objects`);

const SHALLOW: Problem = {
  code: 'history-shallow',
  message: 'The history is cut: this is a shallow clone, and older commits are not in it.',
  hint: 'Run `git fetch --unshallow`, or set `fetch-depth: 0` where CI checks the repository out.',
};

const PARTIAL: Problem = {
  code: 'history-partial',
  message: 'Some files of the history are not in this clone: it was made with a filter.',
  hint: 'Clone without `--filter`, or run `git fetch --refetch --no-filter`.',
};

const MISSING: Problem = {
  code: 'object-missing',
  message: 'Some objects of the history are missing.',
  hint: FSCK,
};

const FULL: Problem = {
  code: 'too-many-hits',
  message: 'The history holds more matches than are kept; the last ones were left out.',
  hint: 'Exclude generated files by an allowlist of paths, or disable the rule that matches most.',
};
