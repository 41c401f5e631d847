import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type Context, createContext, Script } from 'node:vm';
import { Beat } from './beat.ts';
import { type Bench, examine } from './examine.ts';
import { type Executor, Stopped, withoutFault } from './executor.ts';
import type { Parts } from './parts.ts';
import type { Examined, Task, Terms } from './protocol.ts';
import { BudgetSpent } from './trouble.ts';

/** How long it works before it lets signals, timers and the listing have a turn. */
const TURN_MS = 50;

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
  #bench: Bench | undefined;
  readonly #stop = new AbortController();

  constructor(parts: Parts<Setup>, setup: Setup, terms: Terms) {
    this.#parts = parts;
    this.#setup = setup;
    this.#terms = terms;
  }

  async run(tasks: readonly Task[]): Promise<readonly Examined[]> {
    const results: Examined[] = [];
    let turn = performance.now();
    for (const task of tasks) {
      if (performance.now() - turn > TURN_MS) {
        await nextTurn();
        turn = performance.now();
      }
      if (this.#stop.signal.aborted) throw new Stopped();
      this.#bench ??= await this.#prepare();
      const result = examine(this.#bench, task);
      const settled = result instanceof Promise ? await this.#watched(result, task) : result;
      // Pieces of a string keep all of it in memory; a clone, as a worker's answer is one, does not.
      results.push(settled.drafts.length === 0 ? settled : structuredClone(settled));
    }
    return results;
  }

  close(): Promise<void> {
    this.#stop.abort();
    return Promise.resolve();
  }

  async #prepare(): Promise<Bench> {
    const preparation = await this.#parts.prepare(this.#setup);
    const guard = (work: () => void): void => {
      try {
        withinBudget(work, this.#terms.limits.budgetMs);
      } catch (error) {
        // What was ended in the middle of its work may be in any state: the next artifact gets a new one.
        if (error instanceof BudgetSpent) this.#bench = undefined;
        throw error;
      }
    };
    return { preparation, reader: this.#parts.reader, terms: this.#terms, beat: this.#beat, guard };
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
    const [again] = await this.run([withoutFault(task, this.#beat.skip('budget-spent'))]);
    return again as Examined;
  }
}

const call = new Script('work()', { filename: 'guard.js' });
let context: Context | undefined;

/** Runs `work`, and ends it with {@link BudgetSpent} when it takes longer; a loop or a regular expression cannot resist. */
export function withinBudget(work: () => void, budgetMs: number): void {
  context ??= createContext(Object.create(null));
  context['work'] = work;
  try {
    call.runInContext(context, { timeout: Math.max(1, Math.ceil(budgetMs)) });
  } catch (error) {
    throw isTimeout(error) ? new BudgetSpent() : error;
  } finally {
    context['work'] = undefined;
  }
}

/** The error is one of the other context, so it is no instance of our `Error`. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
