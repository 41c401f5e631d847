import { realpathSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import type { ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Target } from '#core/target.ts';
import { WorkTree } from './folder.ts';
import { Exclusion } from './ignore-rules.ts';
import { Lister } from './lister.ts';
import { repositoryAt } from './repository.ts';
import { emptyLedger, type Ledger, type Source, type SourceOptions, sourceOf } from './source.ts';

/**
 * Opens a target. `history` is not opened here: it yields changes rather than files (`#source/history`).
 *
 * Errors: `path-not-found`, `path-unreadable`; from git `git-missing`, `git-failed`; `repository-not-found`,
 * `revision-unknown` for a change that cannot be told.
 */
export async function openSource(target: Target, options: SourceOptions): Promise<Source> {
  switch (target.kind) {
    case 'folder':
    case 'archive':
      return await openPath(target.path, options);
    default:
      throw new SluiceError('target-unsupported', `This kind of target cannot be opened yet: ${target.kind}.`);
  }
}

async function openPath(given: string, options: SourceOptions): Promise<Source> {
  const { root, stats } = existing(given);
  const ledger = emptyLedger();
  if (!stats.isDirectory()) return sourceOf('the file', ledger, single(root, given, ledger));
  const tree = new WorkTree(options, ledger);
  const repository = await repositoryAt(root, options, ledger);
  if (repository === 'none') return sourceOf('the folder', ledger, tree.walked(root));
  return sourceOf('the work tree', ledger, tree.files(root));
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

async function* single(file: string, given: string, ledger: Ledger): AsyncGenerator<readonly ArtifactRef[]> {
  const ref = new Lister(path.dirname(file), '', new Exclusion([]), ledger).look(path.basename(file));
  // By the name the user gave, which a link may differ from.
  if (ref !== undefined && ref !== 'folder') yield [{ ...ref, path: path.basename(given) }];
}
