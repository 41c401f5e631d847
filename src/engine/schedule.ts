import type { ArtifactRef } from '#core/artifact.ts';
import type { Cache, Known } from './cache.ts';
import type { Collector } from './collector.ts';
import type { Executor } from './executor.ts';
import { memorySize } from './parcel.ts';
import type { Examined, Task } from './protocol.ts';

export interface ScheduleOptions {
  readonly collector: Collector;
  readonly cache: Cache | undefined;
  /** Asked for when the first tasks are ready; `all`: no others will come. */
  executor(tasks: readonly Task[], all: boolean): Executor;
  /** Called as refs are done. */
  done(refs: number): void;
}

/** One worker's next job: big enough that handing it over costs little, small enough that all workers end together. */
const JOB_REFS = 128;
const JOB_BYTES = 1024 * 1024;
/** What a ref of unknown size counts for, and one that is an archive may well hold. */
const UNKNOWN_BYTES = 128 * 1024;
const SEGMENT_REFS = 256;
/** How far the listing may run ahead of the oldest ref that is not done. */
const MOST_SEGMENTS = 16;
const MOST_MEMORY = 16 * 1024 * 1024;

/** Consecutive refs, done when every one has its result. */
interface Segment {
  readonly refs: ArtifactRef[];
  readonly known: (Known | undefined)[];
  readonly results: (Examined | undefined)[];
  missing: number;
}

interface Pending {
  readonly task: Task;
  readonly segment: Segment;
  readonly index: number;
}

/**
 * Sends refs to be examined in jobs and gives the results to the collector in the order of the refs. The order of results
 * is what makes the output independent of workers and their timing; jobs skip over whatever the cache knows.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #segments: Segment[] = [];
  #job: Pending[] = [];
  #jobBytes = 0;
  #memory = 0;
  #executor: Executor | undefined;
  readonly #running = new Set<Promise<void>>();
  #failure: unknown;
  #listed = false;
  cached = 0;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** A promise only where too much is under way. It rejects with what broke a run: the scan was stopped, a worker cannot start. */
  add(ref: ArtifactRef): Promise<void> | undefined {
    this.#place(ref);
    if (this.#job.length >= JOB_REFS || this.#jobBytes >= JOB_BYTES) this.#send(false);
    this.#check();
    return this.#isFull() ? this.#room() : undefined;
  }

  /** No more refs are coming: waits for all that are under way. */
  async finish(): Promise<void> {
    this.#listed = true;
    this.#send(true);
    while (this.#running.size > 0) await Promise.race(this.#running);
    this.#check();
    this.#collect(false);
  }

  /** Collects what is done although something before it is not: for a scan that was stopped. */
  salvage(): void {
    this.#collect(true);
  }

  async #room(): Promise<void> {
    while (this.#isFull()) {
      if (this.#running.size === 0) this.#send(false);
      await Promise.race(this.#running);
      this.#check();
    }
  }

  #place(ref: ArtifactRef): void {
    const segment = this.#openSegment();
    const known = this.#options.cache?.find(ref);
    const index = segment.refs.push(ref) - 1;
    segment.known[index] = known;
    if (known?.holds === true) {
      this.cached += 1;
      segment.results[index] = known.examined;
      return;
    }
    segment.missing += 1;
    const expected = known === undefined || known.hash === '' ? {} : { expected: known.hash };
    this.#job.push({ task: { ref, skips: [], ...expected }, segment, index });
    this.#jobBytes += ref.size < 0 ? UNKNOWN_BYTES : ref.size;
    this.#memory += memorySize(ref);
  }

  #openSegment(): Segment {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.refs.length < SEGMENT_REFS) return last;
    this.#collect(false);
    const segment: Segment = { refs: [], known: [], results: [], missing: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #isFull(): boolean {
    return this.#segments.length > MOST_SEGMENTS || this.#memory > MOST_MEMORY;
  }

  #send(all: boolean): void {
    if (this.#job.length === 0) return;
    const job = this.#job;
    this.#job = [];
    this.#jobBytes = 0;
    const tasks = job.map(({ task }) => task);
    this.#executor ??= this.#options.executor(tasks, all);
    const running = this.#executor
      .run(tasks)
      .then((results) => this.#settle(job, results))
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  #settle(job: readonly Pending[], results: readonly Examined[]): void {
    for (const [at, { task, segment, index }] of job.entries()) {
      const result = results[at] as Examined;
      const known = segment.known[index];
      if (result.unchanged === true) this.cached += 1;
      segment.results[index] =
        result.unchanged === true && known !== undefined ? { ...result, ...known.examined } : result;
      segment.missing -= 1;
      this.#memory -= memorySize(task.ref);
    }
    this.#collect(false);
  }

  #collect(anyway: boolean): void {
    const { collector, cache, done } = this.#options;
    for (let head = this.#segments[0]; head !== undefined; head = this.#segments[0]) {
      const open = !this.#listed && head.refs.length < SEGMENT_REFS;
      if (!anyway && (open || head.missing > 0)) return;
      for (const [index, ref] of head.refs.entries()) {
        const examined = head.results[index];
        if (examined === undefined) continue;
        collector.add(examined);
        cache?.learn(ref, examined, head.known[index]);
      }
      this.#segments.shift();
      done(head.refs.length);
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
