import type { ArtifactRef } from '#core/artifact.ts';
import { addedLines, PATCH_OPTIONS } from './added-lines.ts';
import { type BlobEntry, blobRefs } from './blobs.ts';
import { changesIn, isFileMode, isLinkMode, RAW_OPTIONS } from './changes.ts';
import { Exclusion } from './ignore-rules.ts';
import { batched, type SourceOptions, type Tally } from './source.ts';

/**
 * What `git commit` would take: each staged file as the index has it, which need not be what the work tree has, with the
 * lines it adds to HEAD. A submodule is no more than a pointer there, and a link no more than a name; neither is read.
 */
export async function* stagedRefs(
  cwd: string,
  options: SourceOptions,
  tally: Tally,
): AsyncGenerator<readonly ArtifactRef[]> {
  yield* batched(blobRefs(stagedBlobs(cwd, options, tally), cwd, options, tally));
}

async function* stagedBlobs(cwd: string, options: SourceOptions, tally: Tally): AsyncGenerator<BlobEntry> {
  const { git, signal } = options;
  const run = { cwd, ...(signal === undefined ? {} : { signal }) };
  const stream = (args: readonly string[]): AsyncIterable<Buffer> => git.stream(['diff', '--cached', ...args], run);
  const exclusion = new Exclusion(options.exclude ?? []);
  const added = await addedLines(stream(PATCH_OPTIONS));
  for await (const change of changesIn(stream(RAW_OPTIONS))) {
    const { path, mode, newId: id } = change;
    if (exclusion.excludes(path)) tally.counts.excluded += 1;
    else if (change.status === 'U') {
      tally.problems.push({ code: 'file-unmerged', message: 'Not read, because its conflict is not resolved.', path });
    } else if (isLinkMode(mode)) tally.counts.symlinks += 1;
    else if (isFileMode(mode)) {
      const ranges = change.status === 'M' ? (added.get(path) ?? unchangedIf(change.oldId === id)) : undefined;
      yield ranges === undefined ? { id, path } : { id, path, added: ranges };
    }
  }
}

/** A change of permissions alone brings no line; where git showed no hunk for another reason, all of it counts as new. */
const unchangedIf = (isSame: boolean): [] | undefined => (isSame ? [] : undefined);
