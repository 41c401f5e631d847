import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import type { ArtifactRef } from '#core/artifact.ts';
import { Cache } from './cache.ts';
import { Collector } from './collector.ts';
import { type Executor, Stopped } from './executor.ts';
import { DEFAULT_LIMITS, type ScanInput, type ScanLimits, type ScanResult } from './input.ts';
import { Local } from './local.ts';
import { Pool } from './pool.ts';
import type { Task, Terms } from './protocol.ts';
import { Schedule } from './schedule.ts';
import { SuppressionJudge } from './suppression.ts';

/** More workers than this wait for the disk and for each other, and each has a heap of its own. */
const MOST_WORKERS = 4;
const KEY_BYTES = 32;

/**
 * Looks at every artifact with every check that wants it, and gives what they found an identity. The result is the same,
 * byte for byte, whatever the number of workers, their timing and the state of the cache.
 *
 * Rejects with what the listing of `refs` threw, and where no worker can start: those are no problems of the target.
 */
export async function scan<Setup>(input: ScanInput<Setup>): Promise<ScanResult> {
  const limits: ScanLimits = { ...DEFAULT_LIMITS, ...input.limits };
  const cache = input.cache === undefined ? undefined : Cache.open(input.cache);
  const judge = new SuppressionJudge(input.suppression ?? {}, input.checks, input.now);
  const collector = new Collector({
    checks: input.checks,
    limits,
    baseline: input.baseline,
    change: input.change,
    judge,
  });
  const terms: Terms = {
    limits,
    key: (cache?.key ?? randomBytes(KEY_BYTES)).toString('hex'),
    hashing: cache !== undefined,
  };
  const count = new Count(input);
  let executor: Executor | undefined;
  const stop = (): void => void executor?.close();
  const schedule = new Schedule({
    collector,
    cache,
    executor: (tasks, all) => {
      executor = executorFor(input, limits, terms, all && isSmall(tasks, input));
      if (input.signal?.aborted === true) stop();
      return executor;
    },
    done: (refs) => count.done(refs),
  });
  input.signal?.addEventListener('abort', stop, { once: true });
  try {
    const complete = await run(input, schedule, count);
    cache?.save(complete);
    return resultOf(input, collector, schedule, !complete);
  } finally {
    input.signal?.removeEventListener('abort', stop);
    await executor?.close();
  }
}

/** Lists, sends and waits; false where the scan was stopped before all was done. */
async function run<Setup>(input: ScanInput<Setup>, schedule: Schedule, count: Count): Promise<boolean> {
  try {
    for await (const batch of untilAborted(input.refs, input.signal)) {
      for (const ref of batch) {
        const room = schedule.add(ref);
        if (room !== undefined) await room;
      }
      count.listed(batch.length);
      if (input.signal?.aborted === true) throw new Stopped();
    }
    count.complete();
    await schedule.finish();
    return true;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    schedule.salvage();
    return false;
  }
}

function resultOf<Setup>(
  { checks }: ScanInput<Setup>,
  collector: Collector,
  schedule: Schedule,
  interrupted: boolean,
): ScanResult {
  const { findings, matched, stale } = collector.finish();
  const { artifacts, bytes, binary, problems } = collector;
  return {
    findings,
    problems: problems.list(),
    coverage: { artifacts, bytes, binary, checks: checks.length },
    baseline: { matched, stale },
    cached: schedule.cached,
    interrupted,
  };
}

function executorFor<Setup>(input: ScanInput<Setup>, limits: ScanLimits, terms: Terms, small: boolean): Executor {
  const { count = Math.min(availableParallelism(), MOST_WORKERS), entry } = input.workers;
  if (count === 0 || small) return new Local(input.parts, input.setup, terms, input.prepared);
  return new Pool({ entry, setup: input.setup, terms, memoryMb: limits.memoryMb, width: count });
}

/** Nothing of unknown size, and nothing that is more than it seems: what may need the bounds of a worker gets one. */
const isSmall = <Setup>(tasks: readonly Task[], { parts, workers }: ScanInput<Setup>): boolean =>
  workers.count === undefined && tasks.every(({ ref }) => ref.size >= 0 && !parts.reader.expands(ref.path));

/** The batches until the signal; a listing that is stuck in the meantime is left behind. */
async function* untilAborted(
  batches: ScanInput['refs'],
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly ArtifactRef[]> {
  if (signal === undefined) return yield* batches;
  const iterator = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => undefined);
  const abort = (): void => reject(new Stopped());
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      const next = await Promise.race([aborted, iterator.next()]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    // Not waited for: it cannot answer while it is stuck.
    void Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}

/** Progress: how many artifacts are done, and of how many once they are all listed. */
class Count {
  readonly #report: ScanInput['progress'];
  #done = 0;
  #listed = 0;
  #complete = false;

  constructor({ progress }: Pick<ScanInput, 'progress'>) {
    this.#report = progress;
  }

  listed(refs: number): void {
    this.#listed += refs;
  }

  complete(): void {
    this.#complete = true;
    this.done(0);
  }

  done(refs: number): void {
    this.#done += refs;
    const total = this.#complete ? { total: this.#listed } : {};
    this.#report?.({ phase: 'checking', done: this.#done, ...total });
  }
}
