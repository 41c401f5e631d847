import type { Finding } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Severity } from '#core/severity.ts';
import type { Pieces } from './options.ts';
import { visible } from './visible.ts';
import { count, problemText, severitySummary, standing, statements, worstFirst } from './wording.ts';

type Command = 'error' | 'warning' | 'notice';

const COMMAND: Readonly<Record<Severity, Command>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/**
 * Workflow commands for GitHub Actions, one a line, which become annotations beside the code. GitHub shows ten of each
 * kind for a step, so the worst come first and the last command says how many there are; the job summary (format
 * `markdown`) has them all.
 */
export function* render(report: ScanReport): Pieces {
  const findings = standing(report);
  const { outcome, reasons } = report.verdict;
  const said = reasons.map((reason) => visible(reason.message)).join('; ');
  const problems = report.problems.length === 0 ? '' : `, ${count(report.problems.length, 'problem')}`;
  const summary = `${severitySummary(findings)}${problems}${said === '' ? '' : `: ${said}`}`;
  const level = outcome === 'pass' ? 'notice' : outcome === 'refused' ? 'error' : 'warning';
  yield `${command(level, { title: `sluice: ${outcome}` }, summary)}\n`;
  for (const finding of worstFirst(findings)) yield `${findingCommand(finding)}\n`;
  for (const problem of report.problems) yield `${problemCommand(problem)}\n`;
}

function findingCommand(finding: Finding): string {
  const { location, severity } = finding;
  const oneLine = location.startLine === location.endLine;
  const properties = {
    title: `${visible(finding.title)} (${finding.check})`,
    file: location.path,
    line: location.startLine,
    endLine: location.endLine,
    // GitHub refuses columns where the annotation spans lines.
    ...(oneLine ? { col: location.startColumn, endColumn: location.endColumn } : {}),
  };
  return command(COMMAND[severity], properties, [...statements(finding), finding.remedy].join('\n'));
}

const problemCommand = (problem: Problem): string =>
  command(
    'warning',
    { title: `sluice could not check everything (${problem.code})`, file: problem.path, line: problem.line },
    [problemText(problem), problem.hint ?? ''].join('\n').trim(),
  );

function command(
  name: Command,
  properties: Readonly<Record<string, string | number | undefined>>,
  message: string,
): string {
  const written = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${property(String(value))}`)
    .join(',');
  return `::${name} ${written}::${data(message)}`;
}

/** Line breaks of ours become `%0A`; every other control has been made visible, in paths too. */
const data = (text: string): string => text.replaceAll('%', '%25').split('\n').map(visible).join('%0A');

/** In a property a path must stay what it is, so its controls are percent-encoded where the format can and shown where not. */
const property = (text: string): string =>
  visible(
    text.replace(
      /[%\r\n:,]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    ),
  );
