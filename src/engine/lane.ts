import { SHARE_ENV, Worker } from 'node:worker_threads';
import { fromAnswer } from './answer.ts';
import { Beat } from './beat.ts';
import { pack } from './parcel.ts';
import type { Examined, SkipCause, Task, Terms, WorkerData } from './protocol.ts';
import type { WorkerMessage } from './worker.ts';

export interface LaneOptions {
  readonly entry: URL;
  readonly setup: unknown;
  readonly terms: Terms;
  readonly memoryMb: number;
}

export interface LaneEvents<Assignment> {
  ready(): void;
  done(assignment: Assignment, results: readonly Examined[]): void;
  /** The worker is gone; `assignment` is what it had not finished. */
  ended(assignment: Assignment | undefined, error: unknown): void;
}

/** What a check makes and drops at once; more room saves little time and costs its size for each worker. */
const YOUNG_MB = 16;

/** One worker thread and what it is busy with. */
export class Lane<Assignment> {
  readonly beat = new Beat();
  ready = false;
  assignment: Assignment | undefined;
  /** For how many ticks of the watch it has been at its job. */
  ticksInJob = 0;
  readonly #worker: Worker;
  #error: unknown;
  #budgetSpent = false;
  #ending = false;
  #lastStep = -1;
  #ticks = 0;

  constructor({ entry, setup, terms, memoryMb }: LaneOptions, events: LaneEvents<Assignment>) {
    const workerData: WorkerData = { setup, terms, beat: this.beat.buffer };
    this.#worker = new Worker(entry, {
      workerData,
      env: SHARE_ENV,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    this.#worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'ready') {
        this.ready = true;
        events.ready();
        return;
      }
      const done = this.assignment;
      this.assignment = undefined;
      if (done !== undefined) events.done(done, fromAnswer(message.answer));
    });
    const failed = (error: unknown): void => {
      this.#error = error;
      void this.terminate();
    };
    this.#worker.on('error', failed);
    this.#worker.on('messageerror', failed);
    this.#worker.on('exit', () => events.ended(this.assignment, this.#error));
  }

  get idle(): boolean {
    return this.ready && !this.#ending && this.assignment === undefined;
  }

  give(assignment: Assignment, tasks: readonly Task[]): void {
    this.assignment = assignment;
    this.#ticks = 0;
    this.ticksInJob = 0;
    // Until the worker says otherwise; else what it did last would be blamed for its end.
    this.beat.task(0);
    const job = pack(tasks);
    this.#worker.postMessage(job, [job.memory]);
  }

  /** Called at each tick of the watch: for how many of them it has been at the same step. */
  ticksInStep(): number {
    const { step } = this.beat;
    this.ticksInJob += 1;
    this.#ticks = this.idle || step !== this.#lastStep ? 0 : this.#ticks + 1;
    this.#lastStep = step;
    return this.#ticks;
  }

  endForBudget(): void {
    this.#budgetSpent = true;
    void this.terminate();
  }

  /** Why the worker ended, given its error. */
  cause(error: unknown): SkipCause {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return 'memory-spent';
    return this.#budgetSpent && error === undefined ? 'budget-spent' : 'worker-died';
  }

  async terminate(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }
}
