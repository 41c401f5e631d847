import type { Examined, Skip, Task } from './protocol.ts';
import { READING } from './protocol.ts';

/** Where tasks are done: a pool of workers, or this thread. */
export interface Executor {
  /** The results, in the order of the tasks. Rejects with {@link Stopped} once the executor is closed. */
  run(tasks: readonly Task[]): Promise<readonly Examined[]>;
  close(): Promise<void>;
}

/** Why a run has no results: the scan was stopped. */
export class Stopped extends Error {
  override readonly name = 'Stopped';

  constructor() {
    super('the scan was stopped');
  }
}

/** A ref that ends threads this often is given up as a whole. */
const MOST_SKIPS = 8;

/** The task without what ended a thread. */
export function withoutFault(task: Task, skip: Skip): Task {
  const last = task.skips.length + 1 >= MOST_SKIPS;
  return { ...task, skips: [...task.skips, last ? { ...skip, inspector: READING, artifact: 0 } : skip] };
}
