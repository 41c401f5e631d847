import type { ScanReport } from '#core/scan.ts';
import type { Severity } from '#core/severity.ts';
import { jsonText } from './json-text.ts';
import type { Pieces } from './options.ts';
import { standing, statements } from './wording.ts';

/** Code Climate's names of severities, which GitLab's code quality reports use. */
const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/**
 * GitLab's code quality report (a subset of Code Climate's): shown in merge requests on every tier. It has no place for
 * suppressed findings or problems, so they are left out.
 */
export function render(report: ScanReport): Pieces {
  const issues = standing(report).map((finding) => ({
    type: 'issue',
    check_name: finding.check,
    description: statements(finding).join(' '),
    categories: ['Security'],
    severity: SEVERITY[finding.severity],
    fingerprint: finding.fingerprint,
    location: {
      path: finding.location.path,
      lines: { begin: finding.location.startLine, end: finding.location.endLine },
    },
  }));
  return jsonText(issues);
}
