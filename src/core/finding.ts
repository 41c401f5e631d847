import type { Origin } from './artifact.ts';
import type { CheckId } from './check.ts';
import type { MaskedText } from './secret.ts';
import type { Confidence, Severity } from './severity.ts';

/** Where, in people's counting (lines and columns from 1; the end column is one past the last character, as in SARIF). */
export interface Location {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly origin: Origin;
  readonly frame?: Frame;
}

/** The lines around a finding, every secret in them masked. */
export interface Frame {
  readonly firstLine: number;
  readonly lines: readonly MaskedText[];
  /** Where the finding starts in its first line as shown, from 1; set where a cut or a mask before it moved it. */
  readonly column?: number;
}

/** Why a finding does not count. It stays in every report. */
export interface Suppression {
  readonly kind: 'inline' | 'ignore-file' | 'baseline';
  /** The comment or file that says so: `sluice: allow`, `gitleaks:allow`, `.gitleaksignore`. */
  readonly by: string;
  readonly reason?: string;
  /** ISO date; from the next day on the finding counts again. */
  readonly until?: string;
  readonly path?: string;
  readonly line?: number;
}

/** What may be known of a secret. There is no field for its value, on purpose. */
export interface SecretFacts {
  readonly masked: MaskedText;
  readonly proofs: readonly string[];
  /** Set by `--verify` only. */
  readonly verification?: 'active' | 'inactive' | 'unknown';
  /** Set by `--history`: is it still in a file of HEAD? */
  readonly inHead?: boolean;
}

export interface Step {
  readonly location: Location;
  readonly message: MaskedText;
}

/** A change that removes the finding: replace each range with its text, all or none. */
export interface Fix {
  readonly description: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  readonly path: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/** The answer that something is wrong with the target: one per root cause, with every place where it shows. */
export interface Finding {
  /** 32 hexadecimal digits; survives moved lines, renamed files and reformatting. */
  readonly fingerprint: string;
  readonly check: CheckId;
  readonly title: string;
  readonly message: MaskedText;
  readonly remedy: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly cwe: readonly number[];
  readonly tags: readonly string[];
  /** The first place: in order of path and line; in history, the commit that brought it. */
  readonly location: Location;
  /** The other places of the same root cause. */
  readonly places: readonly Location[];
  /** Its fingerprint can be met on purpose by another cause, so that a baseline knows it by its files, too. */
  readonly weak?: true;
  /** Not in the baseline, and (in a scan of a change) brought by the change. */
  readonly isNew: boolean;
  /** ISO date (`2026-11-24`) since when it is known: the first commit in history, or the baseline's entry. */
  readonly firstSeen?: string;
  readonly suppression?: Suppression;
  readonly secret?: SecretFacts;
  readonly trace?: readonly Step[];
  readonly fix?: Fix;
}
