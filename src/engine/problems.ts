import { order } from '#core/order.ts';
import { compareProblems, type Problem } from '#core/problem.ts';

/** Problems in a bounded number: of each code so many, and one more that counts the rest. */
export class Problems {
  readonly #most: number;
  readonly #kept: Problem[] = [];
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  add(problem: Problem): void {
    const count = (this.#counts.get(problem.code) ?? 0) + 1;
    this.#counts.set(problem.code, count);
    if (count <= this.#most) this.#kept.push(problem);
  }

  /** Sorted; the same problem said twice is one. */
  list(): Problem[] {
    const rest = [...this.#counts].flatMap(([code, count]): Problem[] =>
      count <= this.#most
        ? []
        : [{ code, message: `${count - this.#most} more problems of this kind are not listed.` }],
    );
    const sorted = [...this.#kept, ...rest].sort(compareFully);
    return sorted.filter((problem, index) => index === 0 || compareFully(problem, sorted[index - 1] as Problem) !== 0);
  }
}

const compareFully = (a: Problem, b: Problem): number => compareProblems(a, b) || order(a.check ?? '', b.check ?? '');
