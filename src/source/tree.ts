import type { ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import { type BlobEntry, blobRefs } from './blobs.ts';
import { isFileMode, isLinkMode, isSubmoduleMode } from './changes.ts';
import { Exclusion } from './ignore-rules.ts';
import { type Name, shown } from './lister.ts';
import { displayName } from './name.ts';
import { fieldsOf } from './names.ts';
import { batched, type SourceOptions, type Tally } from './source.ts';

/** The files of HEAD, for a repository without a work tree. One without a commit has none. */
export async function* treeRefs(
  cwd: string,
  options: SourceOptions,
  tally: Tally,
): AsyncGenerator<readonly ArtifactRef[]> {
  if (!(await hasHead(cwd, options))) return;
  yield* batched(blobRefs(blobsOfHead(cwd, options, tally), cwd, options, tally));
}

async function hasHead(cwd: string, { git, signal }: SourceOptions): Promise<boolean> {
  try {
    await git.run(['rev-parse', '--verify', '--quiet', 'HEAD'], { cwd, ...(signal === undefined ? {} : { signal }) });
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'git-failed') return false;
    throw error;
  }
}

async function* blobsOfHead(cwd: string, options: SourceOptions, tally: Tally): AsyncGenerator<BlobEntry> {
  const { git, signal } = options;
  const exclusion = new Exclusion(options.exclude ?? []);
  const run = { cwd, ...(signal === undefined ? {} : { signal }) };
  for await (const fields of fieldsOf(git.stream(['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], run))) {
    for (const { mode, id, path } of fields.map(entryOf)) {
      if (exclusion.excludes(path)) tally.counts.excluded += 1;
      else if (isFileMode(mode)) yield { id, path };
      else if (isLinkMode(mode)) tally.counts.symlinks += 1;
      else if (isSubmoduleMode(mode)) {
        tally.problems.push({ code: 'submodule-absent', message: 'The submodule is not checked out.', path });
      }
    }
  }
}

/** `<mode> <type> <id>`, a tab and the path. */
function entryOf(field: Name): { mode: string; id: string; path: string } {
  const tab = field.indexOf('\t');
  const [mode = '', , id = ''] = shown(field.slice(0, tab) as Name).split(' ');
  const path = typeof field === 'string' ? field.slice(tab + 1) : displayName(field.subarray(tab + 1));
  return { mode, id, path };
}
