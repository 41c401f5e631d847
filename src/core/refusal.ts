/**
 * Why evidence does not count, or a ledger is not believed. Neither a mistake of the user nor a defect of ours: that a bundle
 * was altered is an answer, and the command ends as refused. `code` is stable and kebab-case; `message` holds nothing of
 * what was refused but names that are bounded and printable.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
