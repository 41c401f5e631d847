import { READING, type Skip, type SkipCause } from './protocol.ts';

const STEP = 0;
const TASK = 1;
const ARTIFACT = 2;
const INSPECTOR = 3;
const CHECK = 4;
const FIELDS = 5;
const NONE = -1;

/**
 * Where an examiner is, in memory that another thread can read while it is too busy to answer. It only counts steps; the
 * watcher has the clock, so that a machine that was asleep is not taken for a check that hangs.
 */
export class Beat {
  readonly buffer: SharedArrayBuffer;
  readonly #fields: Int32Array;

  constructor(buffer = new SharedArrayBuffer(FIELDS * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#fields = new Int32Array(buffer);
  }

  task(index: number): void {
    this.#fields[TASK] = index;
    this.reading(0);
  }

  reading(artifact: number): void {
    this.#fields[ARTIFACT] = artifact;
    this.inspecting(READING);
  }

  inspecting(inspector: number): void {
    this.#fields[INSPECTOR] = inspector;
    this.#fields[CHECK] = NONE;
    Atomics.add(this.#fields, STEP, 1);
  }

  /** No step of its own: the budget is for all checks of an inspector together, and this only gives the blame a name. */
  checking(check: number): void {
    this.#fields[CHECK] = check;
  }

  /** Changes with every step; one that stays for long hangs. */
  get step(): number {
    return Atomics.load(this.#fields, STEP);
  }

  get taskIndex(): number {
    return Atomics.load(this.#fields, TASK);
  }

  /** What to leave alone, given that it ended here. */
  skip(cause: SkipCause): Skip {
    return {
      cause,
      artifact: Atomics.load(this.#fields, ARTIFACT),
      inspector: Atomics.load(this.#fields, INSPECTOR),
      check: Atomics.load(this.#fields, CHECK),
    };
  }
}
