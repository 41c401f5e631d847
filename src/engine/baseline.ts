import type { CheckId } from '#core/check.ts';

/** The findings a team knows of: they stay in every report, but are not new. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly check: CheckId;
  /** Where it was when it was written; for people, matching never looks at it. */
  readonly path: string;
  /** What may be shown of it, masked. */
  readonly note?: string;
  /** ISO date of the day it was first written. */
  readonly since: string;
}
