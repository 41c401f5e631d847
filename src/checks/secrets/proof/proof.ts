/**
 * What the shape of a secret alone can say about it, without asking anybody.
 *
 * `proven`: something that random or invented text would not have (a checksum, a key that parses) is there, so the
 * finding's confidence is high. `refuted`: the format promises such a thing and it is missing, so the confidence is low;
 * it stays a finding, since a person may have mangled a real secret. `unknown`: this value cannot be judged, and the
 * rule's own confidence stands.
 */
export type Outcome = 'proven' | 'refuted' | 'unknown';

export interface Proof {
  readonly outcome: Outcome;
  /** Fixed text of ours ("the CRC-32 checksum matches"), fit for any report. Never scanned text. */
  readonly statement: string;
}

/** An integer from 0 up to but not including `below`, which is at least 1. Examples seed it, so the same file repeats. */
export type Random = (below: number) => number;

/** One structural proof; a rule names it in `[rules.sluice] proof`. */
export interface ProofModule {
  /**
   * Judges a value. `secret` is what the rule took for the secret, `match` the whole text its regex matched. Any text may
   * come in: it never throws, and its time is linear in the length of the input.
   */
  readonly prove: (secret: string, match: string) => Proof;
  /** A value that `prove` calls proven, for `{{proof NAME}}` or `{{proof NAME ARG}}` in a rule's examples. */
  readonly generate?: ((random: Random, arg?: string) => string) | undefined;
}

export const proven = (statement: string): Proof => ({ outcome: 'proven', statement });
export const refuted = (statement: string): Proof => ({ outcome: 'refuted', statement });
export const unknown = (statement: string): Proof => ({ outcome: 'unknown', statement });
