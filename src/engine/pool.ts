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
/**
 * CPU time that the process must have used, for each worker that runs, before there is one more: starting one and warming it up
 * costs about half a second of it, so a smaller scan would be done little sooner and cost much more.
 */
const WORTH_MS = 2_000;
/** A job that takes so many ticks is a slow one, and others need not wait for it. */
const SLOW_TICKS = 2;
/** How long a worker may take to load its checks, on the slowest machine. */
const LONGEST_START_MS = 60_000;

/**
 * Worker threads that examine tasks. They start as work goes on and piles up, so most scans pay for one. One that hangs, throws or
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
    if (this.#waiting.length === 0) return;
    if (
      this.#lanes.size === 0 ||
      (this.#waiting.length > 1 && this.#mayGrow && cpuTimeMs() > this.#lanes.size * WORTH_MS)
    )
      this.#start();
  }

  /** A worker that is starting will want a job, too. */
  get #mayGrow(): boolean {
    const room = this.#lanes.size < this.#options.width;
    return room && this.#waiting.length > 0 && [...this.#lanes].every((lane) => lane.ready);
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
    if (this.#mayGrow && [...this.#lanes].every((lane) => lane.ticksInJob >= SLOW_TICKS)) this.#start();
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

function cpuTimeMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
