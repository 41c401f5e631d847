import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Artifact, ArtifactRef } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import type { Bench } from './bench.ts';
import { inspectArtifact, wants } from './inspect.ts';
import type { ReadSink } from './parts.ts';
import { type Draft, type Examined, READING, type Skip, type Task } from './protocol.ts';
import { failure, skipped } from './trouble.ts';

/** As git does with its index: what changed this recently may change again without its stamp telling. */
const RACY_MS = 2_000;
const HASH_DIGITS = 32;
/** Of one ref, however many members it has: what all of its results may come to. */
const MOST_DRAFTS = 20_000;
const MOST_PROBLEMS = 1_000;

/** Reads one ref and has every artifact in it inspected. Synchronous unless the reader must wait; never throws. */
export function examine(bench: Bench, task: Task): Examined | Promise<Examined> {
  const { ref, skips } = task;
  const { preparation, reader } = bench;
  const path = ref.path;
  if (!reader.expands(path) && !preparation.inspectors.some((entry) => wants(entry, path))) return NOTHING;
  const reading = new Reading(bench, task);
  bench.beat.reading(0);
  try {
    if (skips.some((skip) => skip.inspector === READING && skip.artifact === 0)) reading.give();
    const pending = reader.read(ref, reading);
    return pending === undefined ? reading.finish() : pending.then(() => reading.finish(), reading.failed);
  } catch (error) {
    return reading.failed(error);
  }
}

const NOTHING: Examined = { artifacts: 0, bytes: 0, binary: 0, drafts: [], problems: [] };

/** Thrown through the reader to make it stop; nothing has gone wrong. */
const STOP = new Error('stop reading');

class Reading implements ReadSink {
  readonly #bench: Bench;
  readonly #task: Task;
  readonly #drafts: Draft[] = [];
  readonly #problems: Problem[] = [];
  #seen = 0;
  #artifacts = 0;
  #bytes = 0;
  #binary = 0;
  #hash: string | undefined;
  #unchanged = false;
  #leftOut = { drafts: 0, problems: 0 };

  constructor(bench: Bench, task: Task) {
    this.#bench = bench;
    this.#task = task;
  }

  readonly artifact = (artifact: Artifact): void => {
    const ordinal = this.#seen;
    this.#seen += 1;
    if (this.#unchanged || (ordinal === 0 && this.#isKnown(artifact))) return;
    const skips = this.#task.skips.filter((skip) => skip.artifact === ordinal);
    const outcome = inspectArtifact(this.#bench, artifact, ordinal, skips);
    this.#bytes += artifact.bytes.length;
    if (artifact.text === undefined) this.#binary += 1;
    if (outcome.inspected) this.#artifacts += 1;
    for (const draft of outcome.drafts) {
      if (this.#drafts.length < MOST_DRAFTS) this.#drafts.push(draft);
      else this.#leftOut.drafts += 1;
    }
    for (const problem of outcome.problems) this.problem(problem);
    this.#bench.beat.reading(this.#seen);
    const stop = this.#task.skips.find((skip) => skip.inspector === READING && skip.artifact === this.#seen);
    if (stop !== undefined) this.give(stop);
  };

  readonly problem = (problem: Problem): void => {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
    else this.#leftOut.problems += 1;
  };

  /** Reads no further, because the reader ended a thread here before. */
  give(skip = this.#task.skips.find(({ inspector }) => inspector === READING) as Skip): never {
    this.#problems.push(skipped(skip, this.#task.ref.path, this.#bench));
    throw STOP;
  }

  readonly failed = (error: unknown): Examined => {
    if (error !== STOP) this.#problems.push(failure('read', error, this.#task.ref.path));
    return this.finish();
  };

  finish(): Examined {
    const { ref } = this.#task;
    if (this.#unchanged) return { ...NOTHING, unchanged: true, ...this.#identity(ref) };
    this.#sayWhatIsLeftOut();
    return {
      artifacts: this.#artifacts,
      bytes: this.#bytes,
      binary: this.#binary,
      drafts: this.#drafts,
      problems: this.#problems,
      ...this.#identity(ref),
    };
  }

  #sayWhatIsLeftOut(): void {
    const { path } = this.#task.ref;
    const { drafts, problems } = this.#leftOut;
    const say = (code: string, what: string): void =>
      void this.#problems.push({ code, message: `${what} left out.`, path });
    if (drafts > 0) say('too-many-hits', `More was found in here than is kept: ${drafts} hits are`);
    if (problems > 0) say('too-many-problems', `More went wrong in here than is listed: ${problems} problems are`);
  }

  #identity(ref: ArtifactRef): Pick<Examined, 'hash' | 'fresh'> {
    if (!this.#bench.terms.hashing) return {};
    return { ...(this.#hash === undefined ? {} : { hash: this.#hash }), ...(isFresh(ref) ? { fresh: true } : {}) };
  }

  /**
   * Only the artifact that is the ref itself stands for it: a member of an archive says nothing of the others, and what is
   * too large to be in memory comes without its bytes.
   */
  #isKnown({ path, bytes }: Artifact): boolean {
    const { ref } = this.#task;
    if (!this.#bench.terms.hashing || path !== ref.path || bytes.length !== ref.size) return false;
    this.#hash = hash('sha256', bytes, 'hex').slice(0, HASH_DIGITS);
    this.#unchanged = this.#hash === this.#task.expected;
    return this.#unchanged;
  }
}

function isFresh({ content }: ArtifactRef): boolean {
  if (content.kind !== 'file') return false;
  try {
    const { mtimeMs, ctimeMs } = statSync(content.file);
    return Date.now() - Math.max(mtimeMs, ctimeMs) < RACY_MS;
  } catch {
    return true;
  }
}
