import type { CheckId } from '#core/check.ts';
import type { Finding } from '#core/finding.ts';
import { writeAtomically } from './atomic-file.ts';
import { order } from './order.ts';

/** The findings a team knows of: they stay in every report, but are not new. */
export interface Baseline {
  readonly entries: readonly BaselineEntry[];
}

export interface BaselineEntry {
  readonly fingerprint: string;
  readonly check: CheckId;
  /** Where it was when it was written; for people, matching never looks at it. */
  readonly path: string;
  /** What may be shown of it, masked; for people, too. */
  readonly note?: string;
  /** ISO date of the day it was first written. */
  readonly since: string;
}

export const BASELINE_VERSION = 1;

/**
 * A baseline of what counts now. What is suppressed is left out, so that it counts again when its suppression ends.
 * Findings that `previous` knows keep its dates.
 */
export function baselineOf(findings: readonly Finding[], now: Date, previous?: Baseline): Baseline {
  const since = new Map(previous?.entries.map((entry) => [entry.fingerprint, entry.since]));
  const today = now.toISOString().slice(0, 10);
  const entries = findings
    .filter(({ suppression }) => suppression === undefined)
    .map(({ fingerprint, check, location, secret }): BaselineEntry => {
      const note = secret === undefined ? {} : { note: secret.masked };
      return { fingerprint, check, path: location.path, ...note, since: since.get(fingerprint) ?? today };
    });
  return { entries };
}

/** One entry a line, sorted, so that a change of the baseline reads well in review and merges by lines. */
export function formatBaseline({ entries }: Baseline): string {
  const sorted = entries.toSorted(
    (a, b) => order(a.path, b.path) || order(a.check, b.check) || order(a.fingerprint, b.fingerprint),
  );
  const lines = sorted.map(({ fingerprint, check, path, note, since }) =>
    JSON.stringify({ fingerprint, check, path, note, since }),
  );
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`;
  return `{\n  "version": ${BASELINE_VERSION},\n  "findings": ${list}\n}\n`;
}

/** Replaces the file as a whole; when this returns, it is on the disk. Throws what the file system throws. */
export function writeBaseline(file: string, baseline: Baseline): void {
  writeAtomically(file, formatBaseline(baseline), { sync: true });
}
