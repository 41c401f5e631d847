import { realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Target } from '#core/target.ts';
import { cloneRepository } from './clone.ts';
import { WorkTree } from './folder.ts';
import { Exclusion } from './ignore-rules.ts';
import { Lister } from './lister.ts';
import { renamesIn } from './renames.ts';
import { isWorkTree, repositoryAt } from './repository.ts';
import { Since } from './since.ts';
import { emptyTally, type Source, type SourceOptions, seen, sourceOf, type Tally } from './source.ts';
import { stagedRefs } from './staged.ts';
import { treeRefs } from './tree.ts';

/**
 * Opens a target. `history` is not opened here: it yields changes rather than files (`#source/history`); nor does a `url`
 * look at its `history`: clone it ({@link cloneRepository}) and walk that.
 *
 * Errors: `path-not-found`, `path-unreadable`; from git `git-missing`, `git-too-old`, `git-failed`;
 * `repository-not-found` and `revision-unknown` where a change cannot be told; `url-unsupported` and `clone-failed`.
 */
export async function openSource(
  target: Exclude<Target, { kind: 'history' }>,
  options: SourceOptions,
): Promise<Source> {
  switch (target.kind) {
    case 'folder':
    case 'archive':
      return await openPath(target.path, options);
    case 'staged':
      return await openStaged(target.path, options);
    case 'since':
      return await openSince(target.path, target.revision, options);
    case 'url':
      return await openUrl(target.url, options);
  }
}

async function openPath(given: string, options: SourceOptions): Promise<Source> {
  const { root, stats } = existing(given);
  const tally = emptyTally();
  if (!stats.isDirectory()) return sourceOf('the file', tally, single(root, given, tally));
  const tree = new WorkTree(options, tally);
  switch (await repositoryAt(root, options, tally)) {
    case 'work-tree':
      return sourceOf('the work tree', tally, seen(tree.files(root), tally));
    case 'bare':
      return sourceOf('the files of HEAD (a bare repository)', tally, seen(treeRefs(root, options, tally), tally));
    case 'none':
      return sourceOf('the folder', tally, seen(tree.walked(root), tally));
  }
}

async function openStaged(given: string, options: SourceOptions): Promise<Source> {
  const root = await workTreeAt(given, options, 'staged changes');
  const tally = emptyTally();
  const source = sourceOf('the staged changes', tally, stagedRefs(root, options, tally));
  return changing(source, () => renamesIn(['--cached'], root, options));
}

async function openSince(given: string, revision: string, options: SourceOptions): Promise<Source> {
  const root = await workTreeAt(given, options, `changes since ${revision}`);
  const tally = emptyTally();
  const since = new Since(root, new WorkTree(options, tally), options, tally);
  const base = await since.base(revision);
  const source = sourceOf(`the changes since ${revision}`, tally, since.refs(base));
  return changing(source, () => renamesIn([base, '--'], root, options));
}

/** A source of a change. Not by spreading: its total is known later. */
const changing = (source: Source, formerPaths: NonNullable<Source['formerPaths']>): Source =>
  Object.assign(source, { formerPaths });

async function openUrl(url: string, options: SourceOptions): Promise<Source> {
  const { git, signal } = options;
  const clone = await cloneRepository(url, { git, history: false, ...(signal === undefined ? {} : { signal }) });
  const tally = emptyTally();
  const refs = seen(treeRefs(clone.path, options, tally), tally);
  return sourceOf('the files of the default branch', tally, refs, clone.close);
}

async function workTreeAt(given: string, options: SourceOptions, what: string): Promise<string> {
  const { root, stats } = existing(given);
  if (stats.isDirectory() && (await isWorkTree(root, options))) return root;
  throw new SluiceError(
    'repository-not-found',
    `${given} has no ${what}: it is not in the work tree of a git repository.`,
    {
      hint: 'Point at a folder of a repository, or scan the folder as it is.',
    },
  );
}

/** A link that the user names is followed; only those found inside the target are not. */
function existing(given: string): { root: string; stats: Stats } {
  try {
    const root = realpathSync(given);
    return { root, stats: statSync(root) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new SluiceError('path-unreadable', `Cannot read ${given} (${code}).`, { cause: error });
    }
    throw new SluiceError('path-not-found', `There is no file or folder ${given}.`, {
      hint: 'Check the spelling; a path is relative to the working directory.',
      cause: error,
    });
  }
}

async function* single(file: string, given: string, tally: Tally): AsyncGenerator<readonly ArtifactRef[]> {
  const ref = new Lister(path.dirname(file), '', new Exclusion([]), tally).look(path.basename(file));
  // By the name the user gave, which a link may differ from.
  if (ref !== undefined && ref !== 'folder') yield [{ ...ref, path: path.basename(given) }];
}
