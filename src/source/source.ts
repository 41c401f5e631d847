import type { ArtifactRef } from '#core/artifact.ts';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import type { ReadLimits } from './limits.ts';

/** What a source needs to know beside the target. */
export interface SourceOptions {
  readonly git: Git;
  /** Patterns in `.gitignore` syntax, relative to the target, of what is not to be scanned. */
  readonly exclude?: readonly string[];
  readonly limits?: ReadLimits;
  readonly signal?: AbortSignal;
}

/** What was listed and left alone, so that silence can be told from not looking. Final when `refs` has ended. */
export interface SourceCounts {
  /** Paths that git ignores or the configuration excludes; a folder left out as a whole counts once. */
  excluded: number;
  /** Symbolic links, none of which is followed: inside the target what they name is listed under its own name. */
  symlinks: number;
}

/**
 * A target, opened: its artifacts as references, in batches. Both `problems` and `counts` fill while `refs` is consumed
 * and are complete when it has ended; `refs` can be consumed once. `close` removes whatever was made for it (a clone).
 */
export interface Source {
  /** What is read, as a person would say it: "the work tree", "the tree of HEAD (bare repository)". */
  readonly subject: string;
  readonly refs: AsyncIterable<readonly ArtifactRef[]>;
  readonly problems: readonly Problem[];
  readonly counts: Readonly<SourceCounts>;
  /** How many references there will be, once that is known. */
  readonly total: number | undefined;
  /** In a source of a change: what each file that it renamed was called before, by its name now. Asks git. */
  readonly formerPaths?: () => Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** Where the parts of a source write what they could not do, and what they left alone. */
export interface Tally {
  readonly problems: Problem[];
  readonly counts: SourceCounts;
  total: number | undefined;
}

export const emptyTally = (): Tally => ({ problems: [], counts: { excluded: 0, symlinks: 0 }, total: undefined });

/** References in one batch: enough that handing them on costs nothing, few enough that work starts at once. */
export const BATCH_SIZE = 256;
/** Bytes that one batch of references may hold in memory. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** A source from its parts; counts the references as they pass. */
export function sourceOf(
  subject: string,
  tally: Tally,
  refs: AsyncIterable<readonly ArtifactRef[]>,
  close: () => Promise<void> = async () => undefined,
): Source {
  return {
    subject,
    refs: counted(refs, tally),
    problems: tally.problems,
    counts: tally.counts,
    get total() {
      return tally.total;
    },
    close,
  };
}

async function* counted(
  refs: AsyncIterable<readonly ArtifactRef[]>,
  tally: Tally,
): AsyncGenerator<readonly ArtifactRef[]> {
  let total = 0;
  for await (const batch of refs) {
    total += batch.length;
    yield batch;
  }
  tally.total = total;
}

/**
 * The references of a whole target. Where there are none although something is there, that is a Problem: a `*` in
 * `.git/info/exclude` must not make a scan pass. A folder with nothing in it has nothing to hide.
 */
export async function* seen(
  refs: AsyncIterable<readonly ArtifactRef[]>,
  { problems, counts }: Tally,
): AsyncGenerator<readonly ArtifactRef[]> {
  let some = false;
  for await (const batch of refs) {
    some ||= batch.length > 0;
    yield batch;
  }
  const left = counts.excluded + counts.symlinks;
  // What could not be looked at has been said.
  if (some || left === 0 || problems.length > 0) return;
  problems.push({
    code: 'nothing-scanned',
    message: `Nothing was looked at: all there is (${left === 1 ? '1 path' : `${left} paths`}) is ignored by git, excluded by the configuration, or a symbolic link.`,
    hint: 'Look at .gitignore, .git/info/exclude and `scan.exclude`; a file named on the command line is always read.',
    path: '.',
  });
}

/** Gathers references into batches, by number and by the bytes they hold in memory. */
export async function* batched(refs: AsyncIterable<ArtifactRef>): AsyncGenerator<ArtifactRef[]> {
  const gathered = new Gathering();
  for await (const ref of refs) if (gathered.add(ref)) yield gathered.take();
  if (gathered.some) yield gathered.take();
}

/** The same for what need not be waited for: a promise for each of a million files is not free. */
export function* batchedAtOnce(refs: Iterable<ArtifactRef>): Generator<ArtifactRef[]> {
  const gathered = new Gathering();
  for (const ref of refs) if (gathered.add(ref)) yield gathered.take();
  if (gathered.some) yield gathered.take();
}

class Gathering {
  #batch: ArtifactRef[] = [];
  #bytes = 0;

  /** Whether that fills the batch. */
  add(ref: ArtifactRef): boolean {
    this.#batch.push(ref);
    if (ref.content.kind === 'memory') this.#bytes += ref.content.bytes.length;
    return this.#batch.length >= BATCH_SIZE || this.#bytes >= BATCH_BYTES;
  }

  get some(): boolean {
    return this.#batch.length > 0;
  }

  take(): ArtifactRef[] {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    return batch;
  }
}
