import type { CheckSummary } from './check.ts';
import type { Finding } from './finding.ts';
import type { Problem } from './problem.ts';
import type { Target } from './target.ts';
import type { Verdict } from './verdict.ts';

/** What was looked at, so that silence can be told from not looking. */
export interface Coverage {
  /** Artifacts that a check read. */
  readonly artifacts: number;
  readonly bytes: number;
  /** Binary artifacts: listed, not read as text. */
  readonly binary: number;
  /** Artifacts left alone because git ignores them, or the configuration excludes them. */
  readonly excluded: number;
  readonly commits?: number;
  readonly checks: number;
}

/** The whole result of a scan: what every report is made from. Findings and problems are sorted; same input, same value. */
export interface ScanReport {
  readonly tool: { readonly name: 'sluice'; readonly version: string };
  readonly target: Target;
  /** ISO 8601, UTC, whole seconds; from the clock port. Formats that need no time leave it out, so that their bytes repeat. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** Only the checks that have findings; all of them are counted in `coverage`. */
  readonly checks: readonly CheckSummary[];
  readonly coverage: Coverage;
  readonly verdict: Verdict;
}
