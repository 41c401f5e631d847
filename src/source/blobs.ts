import type { ArtifactRef, LineRange } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import { ChunkReader, Truncated } from './chunk-reader.ts';
import { HEAD_BYTES, isBinaryHead } from './content.ts';
import { tooLarge } from './items.ts';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.ts';
import type { SourceOptions, Tally } from './source.ts';

/** A blob of a repository that stands for a file. */
export interface BlobEntry {
  readonly id: string;
  readonly path: string;
  readonly added?: readonly LineRange[];
}

/** Blobs asked of one git process: many enough to pay for it, few enough to be named in memory. */
const SLICE = 4096;
const MAX_HEADER = 1024;
/** How often git is started again after an object that it cannot read, before the repository counts as lost. */
const MOST_RESTARTS = 50;
const DAMAGED: Problem = { code: 'object-damaged', message: 'The repository has its content only damaged.' };
const FILE = { kind: 'file' } as const;

/**
 * The content of blobs as references that hold it in memory, one at a time as they are asked for. A blob that the
 * repository does not have (a shallow or damaged one) is a Problem, and so is text past the limit, which is passed over
 * as it streams by.
 */
export async function* blobRefs(
  entries: AsyncIterable<BlobEntry> | Iterable<BlobEntry>,
  cwd: string,
  options: SourceOptions,
  tally: Tally,
): AsyncGenerator<ArtifactRef> {
  let slice: BlobEntry[] = [];
  for await (const entry of entries) {
    slice.push(entry);
    if (slice.length < SLICE) continue;
    yield* readSlice(slice, cwd, options, tally);
    slice = [];
  }
  if (slice.length > 0) yield* readSlice(slice, cwd, options, tally);
}

async function* readSlice(
  slice: readonly BlobEntry[],
  cwd: string,
  options: SourceOptions,
  tally: Tally,
): AsyncGenerator<ArtifactRef> {
  let from = 0;
  for (let restarts = 0; from < slice.length; restarts += 1) {
    if (restarts > MOST_RESTARTS) {
      tally.problems.push({ ...DAMAGED, message: `Too much is damaged: ${slice.length - from} files were not read.` });
      return;
    }
    const reader = new ChunkReader(outputFor(slice.slice(from), cwd, options.git, options.signal));
    try {
      for (; from < slice.length; from += 1) {
        const ref = await readBlob(reader, slice[from] as BlobEntry, options.limits ?? DEFAULT_LIMITS, tally);
        if (ref !== undefined) yield ref;
      }
    } catch (error) {
      if (!isDamage(error)) throw error;
      // git ends at an object that it cannot read; those after it may be sound.
      tally.problems.push({ ...DAMAGED, path: (slice[from] as BlobEntry).path });
      from += 1;
    } finally {
      await reader.close();
    }
  }
}

const isDamage = (error: unknown): boolean =>
  error instanceof Truncated || (error instanceof SluiceError && error.code === 'git-failed');

function outputFor(
  slice: readonly BlobEntry[],
  cwd: string,
  git: Git,
  signal: AbortSignal | undefined,
): AsyncIterable<Buffer> {
  const input = slice.map((entry) => `${entry.id}\n`).join('');
  return git.stream(['cat-file', '--batch'], { cwd, input, ...(signal === undefined ? {} : { signal }) });
}

/** One answer of `git cat-file --batch`: `<id> <type> <size>`, the content and a line feed; or `<id> missing`. */
async function readBlob(
  reader: ChunkReader,
  entry: BlobEntry,
  limits: ReadLimits,
  tally: Tally,
): Promise<ArtifactRef | undefined> {
  const header = await reader.takeLine(MAX_HEADER);
  if (header === undefined) throw new Truncated();
  const size = Number(/^\S+ blob (\d+)$/.exec(header)?.[1]);
  if (Number.isNaN(size)) {
    tally.problems.push({
      code: 'object-missing',
      message: 'The repository does not have its content.',
      path: entry.path,
    });
    return undefined;
  }
  const kept = size > limits.maxFileBytes ? Math.min(HEAD_BYTES, size) : size;
  // A copy: what was taken may share its memory with what follows, and this goes to another thread.
  const bytes = Buffer.from(await reader.take(kept));
  for await (const _ of reader.chunks(size - kept));
  await reader.take(1);
  if (size > limits.maxFileBytes && !isBinaryHead(bytes)) {
    tally.problems.push(tooLarge(entry.path, limits));
    return undefined;
  }
  const { path, added } = entry;
  const ref = { path, size, origin: FILE, content: { kind: 'memory', bytes }, stamp: `blob-${entry.id}` } as const;
  return added === undefined ? ref : { ...ref, added };
}
