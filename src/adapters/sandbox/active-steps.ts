/**
 * Which steps are running. What comes over the shared loopback without a name is the doing of the only one that runs, unless one
 * before it may have left a program behind: then nobody can tell.
 */
export class ActiveSteps {
  readonly #running = new Map<string, number>();
  readonly #past = new Set<string>();

  begin(step: string): void {
    this.#running.set(step, (this.#running.get(step) ?? 0) + 1);
  }

  end(step: string): void {
    const count = (this.#running.get(step) ?? 1) - 1;
    if (count > 0) this.#running.set(step, count);
    else this.#running.delete(step);
    this.#past.add(step);
  }

  /** Nothing of the steps before is left. */
  forget(): void {
    this.#past.clear();
  }

  /** The step that it must have been, or `job`. */
  get only(): string {
    const all = new Set([...this.#running.keys(), ...this.#past]);
    return all.size === 1 ? ([...all][0] ?? 'job') : 'job';
  }
}
