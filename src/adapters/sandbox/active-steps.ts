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

  /** `leftBehind`: whether processes of it may go on. */
  end(step: string, leftBehind = true): void {
    const count = (this.#running.get(step) ?? 1) - 1;
    if (count > 0) this.#running.set(step, count);
    else this.#running.delete(step);
    if (leftBehind) this.#past.add(step);
  }

  /** The step that it must have been, or `undefined`. */
  get only(): string | undefined {
    const all = new Set([...this.#running.keys(), ...this.#past]);
    return all.size === 1 ? [...all][0] : undefined;
  }
}
