/** A parsed `.gitleaksignore`. */
export interface IgnoreFile {
  readonly path: string;
  readonly entries: readonly IgnoreEntry[];
}

/** One fingerprint of gitleaks: `file:rule:line`, or `commit:file:rule:line` for that commit alone. */
export interface IgnoreEntry {
  readonly commit?: string;
  readonly file: string;
  readonly rule: string;
  readonly line: number;
  /** Where the entry stands in the ignore file, from 1. */
  readonly at: number;
}
