import type { CheckId } from '#core/check.ts';
import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import { EXIT } from '#core/verdict.ts';
import { jsonText } from './json-text.ts';
import type { Pieces, RenderOptions } from './options.ts';
import { artifactLocation } from './sarif-location.ts';
import { resultOf } from './sarif-result.ts';
import { rulesOf } from './sarif-rule.ts';
import { count, isIncomplete, sentence, worstFirst } from './wording.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/** GitHub code scanning refuses a run with more results than this. */
const MOST_RESULTS = 25_000;

/**
 * SARIF 2.1.0 (OASIS Standard with Errata 01), one run, within the limits of GitHub code scanning. Suppressed findings
 * are results with `suppressions`; problems are notifications of the invocation. Times are left out: the same scan gives
 * the same bytes.
 */
export function render(report: ScanReport, options: RenderOptions): Pieces {
  const results = kept(report.findings);
  const rules = rulesOf(report, results, options);
  const indices = new Map<CheckId, number>(rules.map(({ id }, index) => [id, index]));
  const { repository } = options;
  const run = {
    tool: {
      driver: {
        name: 'Sluice',
        version: report.tool.version,
        semanticVersion: report.tool.version,
        notifications: notificationDescriptors(report),
        rules,
      },
    },
    automationDetails: { id: report.target.kind === 'history' ? 'sluice/history/' : 'sluice/' },
    ...(repository === undefined ? {} : { versionControlProvenance: [provenance(repository)] }),
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The folder that was scanned.' } } },
    columnKind: 'utf16CodeUnits',
    invocations: [invocation(report)],
    results: results.map((finding) => resultOf(finding, indices.get(finding.check) ?? -1)),
  };
  return jsonText({ $schema: SCHEMA, version: '2.1.0', runs: [run] });
}

/** All findings in their order; past the limit only the worst of them. */
function kept(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MOST_RESULTS) return findings;
  const worst = new Set(worstFirst(findings).slice(0, MOST_RESULTS));
  return findings.filter((finding) => worst.has(finding));
}

const provenance = ({ uri, revision, branch }: NonNullable<RenderOptions['repository']>) => ({
  repositoryUri: uri,
  revisionId: revision,
  branch,
});

const TRUNCATED = 'results-truncated';

function notificationDescriptors(report: ScanReport) {
  const codes = new Set(report.problems.map(({ code }) => code));
  if (report.findings.length > MOST_RESULTS) codes.add(TRUNCATED);
  return [...codes].toSorted().map((id) => ({ id }));
}

function invocation(report: ScanReport) {
  const { outcome, reasons } = report.verdict;
  const failed = isIncomplete(report);
  const left = report.findings.length - MOST_RESULTS;
  return {
    executionSuccessful: !failed,
    exitCode: EXIT[outcome],
    exitCodeDescription: [outcome, reasons.map(({ message }) => message).join('; ')].filter(Boolean).join(': '),
    toolExecutionNotifications: [
      ...report.problems.map(({ code, message, hint, path, line, check }) => ({
        descriptor: { id: code },
        level: failed ? 'error' : 'warning',
        message: { text: hint === undefined ? message : `${sentence(message)} ${hint}` },
        ...(path === undefined ? {} : { locations: [{ physicalLocation: physical(path, line) }] }),
        ...(check === undefined ? {} : { associatedRule: { id: check } }),
      })),
      ...(left > 0 ? [truncated(left)] : []),
    ],
  };
}

const physical = (path: string, line: number | undefined) => ({
  artifactLocation: artifactLocation(path),
  ...(line === undefined || line < 1 ? {} : { region: { startLine: line } }),
});

const truncated = (left: number) => ({
  descriptor: { id: TRUNCATED },
  level: 'warning',
  message: {
    text: `${count(left, 'result')} of the lowest severity left out to stay within what code scanning accepts.`,
  },
});
