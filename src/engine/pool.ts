import { type Executor, Stopped, withoutFault } from './executor.ts';
import { Lane, type LaneOptions } from './lane.ts';
import type { Examined, Task } from './protocol.ts';

export interface PoolOptions extends LaneOptions {
  /** Workers at most. */
  readonly width: number;
}

interface Assignment {
  readonly tasks: Task[];
  resolve(results: readonly Examined[]): void;
  reject(error: unknown): void;
}

/** Often enough for a budget to be kept to a few percent, seldom enough to cost nothing. */
const LONGEST_TICK_MS = 250;
const SHORTEST_TICK_MS = 10;
const TICKS_PER_BUDGET = 20;
/** How long a worker may take to load its checks, on the slowest machine. */
const LONGEST_START_MS = 60_000;

/**
 * Worker threads that examine tasks. They start as work piles up, so a small scan pays for one. One that hangs, throws or
 * runs out of memory is replaced, and its tasks start again without what ended it.
 */
export class Pool implements Executor {
  readonly #options: PoolOptions;
  readonly #tickMs: number;
  readonly #lanes = new Set<Lane<Assignment>>();
  readonly #waiting: Assignment[] = [];
  #watch: NodeJS.Timeout | undefined;
  #closed: unknown;

  constructor(options: PoolOptions) {
    this.#options = options;
    const even = options.terms.limits.budgetMs / TICKS_PER_BUDGET;
    this.#tickMs = Math.min(LONGEST_TICK_MS, Math.max(SHORTEST_TICK_MS, even));
  }

  run(tasks: readonly Task[]): Promise<readonly Examined[]> {
    return new Promise((resolve, reject) => {
      if (this.#closed !== undefined) return reject(this.#closed);
      this.#waiting.push({ tasks: [...tasks], resolve, reject });
      this.#watch ??= setInterval(() => this.#tick(), this.#tickMs);
      this.#assign();
    });
  }

  async close(): Promise<void> {
    await this.#end(new Stopped());
  }

  #assign(): void {
    for (const lane of this.#lanes) {
      const next = lane.idle ? this.#waiting.shift() : undefined;
      if (next !== undefined) lane.give(next, next.tasks);
    }
    const starting = [...this.#lanes].filter((lane) => !lane.ready).length;
    // A second worker must be worth its start: one job waiting is done sooner by a worker that already runs.
    const worth = this.#lanes.size === 0 ? this.#waiting.length : this.#waiting.length - 1 - starting;
    for (let more = Math.min(worth, this.#options.width - this.#lanes.size); more > 0; more -= 1) this.#start();
  }

  #start(): void {
    const lane = new Lane<Assignment>(this.#options, {
      ready: () => this.#assign(),
      done: (assignment, results) => {
        assignment.resolve(results);
        this.#assign();
      },
      ended: (assignment, error) => this.#ended(lane, assignment, error),
    });
    this.#lanes.add(lane);
  }

  #ended(lane: Lane<Assignment>, assignment: Assignment | undefined, error: unknown): void {
    this.#lanes.delete(lane);
    if (this.#closed !== undefined) return;
    if (!lane.ready) return void this.#end(error ?? new Error('a worker ended before it was ready'));
    if (assignment !== undefined) {
      const at = lane.beat.taskIndex;
      const task = assignment.tasks[at];
      if (task === undefined) return void this.#end(error ?? new Error('a worker ended between two tasks'));
      assignment.tasks[at] = withoutFault(task, lane.beat.skip(lane.cause(error)));
      this.#waiting.unshift(assignment);
    }
    this.#assign();
  }

  #tick(): void {
    for (const lane of this.#lanes) {
      const most = lane.ready ? this.#options.terms.limits.budgetMs : LONGEST_START_MS;
      if (lane.ticksInStep() * this.#tickMs > most) lane.endForBudget();
    }
    // Jobs are short: one that waits from tick to tick waits for something slow.
    const room = this.#lanes.size < this.#options.width;
    if (room && this.#waiting.length > 0 && [...this.#lanes].every((lane) => lane.ready)) this.#start();
  }

  async #end(reason: unknown): Promise<void> {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    clearInterval(this.#watch);
    const lanes = [...this.#lanes];
    for (const { reject } of [...lanes.flatMap((lane) => lane.assignment ?? []), ...this.#waiting.splice(0)]) {
      reject(reason);
    }
    await Promise.all(lanes.map((lane) => lane.terminate()));
  }
}
