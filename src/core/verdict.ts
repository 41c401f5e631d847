/** `refused` outranks `incomplete`, which outranks `pass`. */
export type Outcome = 'pass' | 'refused' | 'incomplete';

/** One reason for an outcome that is not `pass`; every rule that objected gives one. */
export interface Reason {
  /** The policy rule's name. */
  readonly rule: string;
  /** A `warning` is said and changes nothing: a rule that starts later, a finding still within its grace period. */
  readonly outcome: 'refused' | 'incomplete' | 'warning';
  readonly message: string;
  /** Fingerprints of the findings it is about. */
  readonly findings: readonly string[];
  /** How many problems it is about. */
  readonly problems: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

/** The exit code of an outcome; the same whatever the output format. */
export const EXIT: Readonly<Record<Outcome, number>> = { pass: 0, refused: 1, incomplete: 3 };
export const EXIT_USAGE = 2;
export const EXIT_DEFECT = 70;
export const EXIT_INTERRUPTED = 130;
