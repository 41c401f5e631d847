import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { Beat } from './beat.ts';
import type { Bench } from './bench.ts';
import { examine } from './examine.ts';
import { type Executor, Stopped, withoutFault } from './executor.ts';
import { withinBudget } from './guard.ts';
import type { Parts, Preparation } from './parts.ts';
import type { Examined, Task, Terms } from './protocol.ts';
import { BudgetSpent } from './trouble.ts';

/** How long it works before it lets signals, timers and the listing have a turn. */
const TURN_MS = 50;
/** A stretch of tasks is guarded as one, since a guard costs as much as a small file; what takes this long is guarded alone. */
const STRETCH_MS = 500;

/**
 * Examines in this thread: for so few and small artifacts that starting a worker would take longer. A check that hangs is
 * ended all the same, by the engine's own interrupt; only the memory of a check is not bounded here, which is why nothing
 * comes here that is not small.
 */
export class Local<Setup> implements Executor {
  readonly #parts: Parts<Setup>;
  readonly #setup: Setup;
  readonly #terms: Terms;
  readonly #beat = new Beat();
  readonly #stop = new AbortController();
  #first: Preparation | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #bench: Bench | undefined;
  /** A guard is around whatever runs now. */
  #guarded = false;

  /** `first`: a preparation that this thread has made already. */
  constructor(parts: Parts<Setup>, setup: Setup, terms: Terms, first?: Preparation) {
    this.#parts = parts;
    this.#setup = setup;
    this.#terms = terms;
    this.#first = first;
  }

  /** One job after the other: what an examiner is at can be told only while it is at one thing. */
  run(tasks: readonly Task[]): Promise<readonly Examined[]> {
    const results = this.#last.then(() => this.#run(tasks));
    this.#last = results.catch(() => undefined);
    return results;
  }

  async #run(tasks: readonly Task[]): Promise<readonly Examined[]> {
    const results: Examined[] = [];
    while (results.length < tasks.length) {
      if (this.#stop.signal.aborted) throw new Stopped();
      this.#bench ??= await this.#prepare();
      const pending = this.#stretch(this.#bench, tasks, results);
      const task = tasks[results.length];
      if (pending !== undefined && task !== undefined) results.push(kept(await this.#watched(pending, task)));
      await nextTurn();
    }
    return results;
  }

  close(): Promise<void> {
    this.#stop.abort();
    return Promise.resolve();
  }

  async #prepare(): Promise<Bench> {
    const preparation = this.#first ?? (await this.#parts.prepare(this.#setup));
    this.#first = undefined;
    const { budgetMs } = this.#terms.limits;
    // After a wait the guard of the stretch is long gone.
    const guard = (work: () => void): void => (this.#guarded ? work() : withinBudget(work, budgetMs));
    return { preparation, reader: this.#parts.reader, terms: this.#terms, beat: this.#beat, guard };
  }

  /** Does tasks until it is time for others, or one has to wait: that one's result is returned. */
  #stretch(bench: Bench, tasks: readonly Task[], results: Examined[]): Promise<Examined> | undefined {
    const until = performance.now() + TURN_MS;
    let pending: Promise<Examined> | undefined;
    const work = (): void => {
      while (results.length < tasks.length && pending === undefined && performance.now() < until) {
        const result = examine(bench, tasks[results.length] as Task);
        if (result instanceof Promise) pending = result;
        else results.push(kept(result));
      }
    };
    try {
      this.#guarded = true;
      withinBudget(work, Math.min(STRETCH_MS, this.#terms.limits.budgetMs));
      return pending;
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      this.#guarded = false;
      return this.#alone(tasks[results.length] as Task);
    } finally {
      this.#guarded = false;
    }
  }

  /** Gives one task its whole budget, look by look. What was ended may be in any state, so all of it is made anew. */
  async #alone(task: Task): Promise<Examined> {
    const bench = await this.#prepare();
    this.#bench = undefined;
    let result: Examined | Promise<Examined> | undefined;
    const work = (): void => {
      result = examine(bench, task);
    };
    try {
      withinBudget(work, this.#terms.limits.budgetMs * (bench.preparation.inspectors.length + 1));
    } catch (error) {
      if (!(error instanceof BudgetSpent)) throw error;
      // No look took so long, so it is the reading.
      result = this.#again(task);
    }
    return result as Examined | Promise<Examined>;
  }

  async #again(task: Task): Promise<Examined> {
    const [result] = await this.#run([withoutFault(task, this.#beat.skip('budget-spent'))]);
    return result as Examined;
  }

  /** A read that waits too long is given up, and tried again without what it stood at. */
  async #watched(pending: Promise<Examined>, task: Task): Promise<Examined> {
    const { budgetMs } = this.#terms.limits;
    for (let step = this.#beat.step; ; step = this.#beat.step) {
      const timer = new AbortController();
      const signal = AbortSignal.any([timer.signal, this.#stop.signal]);
      const late = delay(budgetMs, undefined, { signal }).catch(() => undefined);
      const result = await Promise.race([pending, late]);
      timer.abort();
      if (result !== undefined) return result;
      if (this.#stop.signal.aborted) throw new Stopped();
      if (step === this.#beat.step) break;
    }
    return this.#again(task);
  }
}

/** Pieces of a string keep all of it in memory; a clone, as a worker's answer is one, does not. */
const kept = (examined: Examined): Examined => (examined.drafts.length === 0 ? examined : structuredClone(examined));
