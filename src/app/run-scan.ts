import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import type { ScanReport } from '#core/scan.ts';
import type { ScanSummary } from '#evidence/statements/scan.ts';
import type { ScanAnswer } from '#pipeline/action/builtin/scan.ts';
import { render } from '#report/text.ts';
import type { Configuration } from './configuration.ts';
import { explanations } from './families.ts';
import { scan } from './scan.ts';

/** What is kept of a `sluice/scan` step. */
export interface WorkspaceScan {
  readonly summary: ScanSummary;
}

/**
 * Scans the workspace of a job by the configuration and the policy of the repository that is run, not by those in the
 * workspace: the change must not choose its judge.
 */
export async function scanWorkspace(
  folder: string,
  { since, family }: { readonly since?: string; readonly family?: readonly string[] },
  context: {
    readonly configuration: Configuration;
    readonly version: string;
    readonly scratch: string;
    readonly resource: string;
  },
): Promise<ScanAnswer> {
  const { configuration, version, scratch, resource } = context;
  const own = configuration.file ?? join(scratch, 'sluice.yaml');
  if (configuration.file === undefined) writeFileSync(own, '{}\n');
  const { report } = await scan({
    ...{
      target: folder,
      version,
      environment: {},
      config: own,
      staged: false,
      history: false,
      verify: false,
      cache: false,
      baseline: true,
    },
    ...(since === undefined ? {} : { since }),
    ...(family === undefined ? {} : { families: family }),
  });
  const documentation = await explanations(report.checks);
  const text = [...render(report, { color: false, width: 100, verbose: false, documentation })].join('');
  const kept: WorkspaceScan = { summary: summaryOf(report, version, resource) };
  return { outcome: report.verdict.outcome, text, report: kept };
}

function summaryOf(report: ScanReport, version: string, resource: string): ScanSummary {
  const findings: Record<string, number> = {};
  for (const { severity, suppression } of report.findings) {
    if (suppression === undefined) findings[severity] = (findings[severity] ?? 0) + 1;
  }
  return {
    scanner: { id: 'urn:sluice:scanner', version: { sluice: version } },
    finishedOn: systemClock.now(),
    resource,
    policy: {},
    families: [...new Set(report.checks.map(({ id }) => id.split('/')[0] ?? id))],
    findings,
    problems: report.problems.length,
    verdict: report.verdict,
  };
}
