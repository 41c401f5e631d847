import type { FilePosition } from '#core/error.ts';
import type { Obstacle } from './schema.ts';
import { sorted } from './secrets.ts';

/** What stands in the way, collected while a plan is made. */
export class Findings {
  readonly #obstacles: Obstacle[];
  readonly #withheld: Set<string>;
  readonly #job: string;
  readonly #step: number | undefined;

  constructor(job = '', step?: number, obstacles: Obstacle[] = [], withheld = new Set<string>()) {
    this.#job = job;
    this.#step = step;
    this.#obstacles = obstacles;
    this.#withheld = withheld;
  }

  /** The same collection, for a job within this one. */
  forJob(id: string): Findings {
    return new Findings(this.path(id), undefined, this.#obstacles, this.#withheld);
  }

  forStep(step: number): Findings {
    return new Findings(this.#job, step, this.#obstacles, this.#withheld);
  }

  /** The id of a job, behind those of the calls that lead to it. */
  path(id: string): string {
    return this.#job === '' ? id : `${this.#job}/${id}`;
  }

  blocks(code: string, at: FilePosition, message: string, hint?: string, combinations?: readonly string[]): void {
    this.#add('blocks', code, { at, message, hint, combinations });
  }

  degrades(code: string, at: FilePosition, message: string, hint?: string, combinations?: readonly string[]): void {
    this.#add('degrades', code, { at, message, hint, combinations });
  }

  withhold(names: readonly string[]): void {
    for (const name of names) this.#withheld.add(name);
  }

  get withheld(): string[] {
    return sorted([...this.#withheld]);
  }

  /** By place, each once. */
  get obstacles(): Obstacle[] {
    const byKey = new Map(this.#obstacles.map((one) => [JSON.stringify(one), one]));
    return [...byKey.values()].toSorted(
      (a, b) =>
        compare(a.at.file, b.at.file) ||
        (a.at.line ?? 0) - (b.at.line ?? 0) ||
        (a.at.column ?? 0) - (b.at.column ?? 0) ||
        compare(a.code, b.code) ||
        compare(a.job, b.job),
    );
  }

  #add(
    severity: Obstacle['severity'],
    code: string,
    {
      at,
      message,
      hint,
      combinations,
    }: {
      readonly at: FilePosition;
      readonly message: string;
      readonly hint: string | undefined;
      readonly combinations: readonly string[] | undefined;
    },
  ): void {
    this.#obstacles.push({
      code,
      severity,
      job: this.#job,
      ...(this.#step === undefined ? {} : { step: this.#step }),
      ...(combinations === undefined ? {} : { combinations: [...combinations] }),
      at,
      message,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
