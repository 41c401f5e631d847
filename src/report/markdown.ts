import type { Finding } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import { codeSpan, escapeMarkdown } from './markdown-text.ts';
import type { Pieces } from './options.ts';
import {
  capitalised,
  count,
  coverageSentences,
  nextSteps,
  number,
  place,
  problemText,
  severitySummary,
  standing,
  suppressionText,
  worstFirst,
} from './wording.ts';

/** GitHub refuses a job summary of more than 1 MiB; together the parts stay below it whatever their texts are. */
const MOST_BYTES = { reasons: 100_000, table: 500_000, fold: 150_000 } as const;
const MOST_ROWS = 500;
const SIGN = { pass: '✅', refused: '❌', incomplete: '⚠️' } as const;
const DOT = { critical: '🟥', high: '🟧', medium: '🟨', low: '🟦', info: '⬜' } as const;

/** GitHub Flavored Markdown for a job summary or a comment: the verdict, its reasons, tables of findings and problems. */
export function* render(report: ScanReport): Pieces {
  const { outcome } = report.verdict;
  const open = standing(report);
  const steps = nextSteps(report);
  const parts = [
    `## ${SIGN[outcome]} Sluice: ${outcome}\n`,
    `${capitalised(severitySummary(open))}${report.problems.length === 0 ? '' : `, ${count(report.problems.length, 'problem')}`}.\n`,
    reasonsPart(report),
    findingsTable(open),
    steps.length === 0
      ? ''
      : `### What to do\n\n${bullets(steps.map(({ say, write }) => (write === undefined ? say : `${say} ${codeSpan(write)}`)))}`,
    problemsPart(report.problems),
    suppressedPart(report),
    `${coverageSentences(report).map(escapeMarkdown).join(' ')}\n`,
  ];
  // Bounded by what a job summary may hold.
  yield parts.filter((part) => part !== '').join('\n');
}

const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}\n`).join('');

/** The first items, as many as fit into this many bytes of UTF-8. */
function fitting(items: Iterable<string>, bytes: number): string[] {
  const kept: string[] = [];
  let room = bytes;
  for (const item of items) {
    room -= Buffer.byteLength(item);
    if (room < 0 || kept.length === MOST_ROWS) break;
    kept.push(item);
  }
  return kept;
}

const leftOut = (count: number): string =>
  count === 0 ? '' : `\nand ${number(count)} more; the other formats have them all.\n`;

function findingsTable(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const rows = fitting(worstFirst(findings).values().map(findingRow), MOST_BYTES.table);
  const heading = '| | Severity | Finding | Where | What to do |\n| --- | --- | --- | --- | --- |\n';
  return heading + rows.join('') + leftOut(findings.length - rows.length);
}

function reasonsPart({ verdict }: ScanReport): string {
  const items = verdict.reasons.map(
    ({ outcome, message, rule }) => `**${outcome}**: ${escapeMarkdown(message)} (${codeSpan(rule)})`,
  );
  const kept = fitting(items, MOST_BYTES.reasons);
  return bullets(kept) + leftOut(items.length - kept.length);
}

function findingRow(finding: Finding): string {
  const { severity, title, check, location, places, secret, remedy, message, isNew } = finding;
  const what = [
    `**${escapeMarkdown(title)}**`,
    ...(message === title ? [] : [escapeMarkdown(message)]),
    `${codeSpan(check, true)}${isNew ? '' : ', not new'}`,
    ...(secret === undefined ? [] : [`shown as ${codeSpan(secret.masked, true)}`]),
  ].join('<br>');
  const where =
    codeSpan(place(location), true) + (places.length === 0 ? '' : `<br>and ${count(places.length, 'other place')}`);
  return `| ${DOT[severity]} | ${severity} | ${what} | ${where} | ${escapeMarkdown(remedy)} |\n`;
}

function problemsPart(problems: readonly Problem[]): string {
  const items = problems.map((problem) => {
    const hint = problem.hint === undefined ? '' : ` ${escapeMarkdown(problem.hint)}`;
    return `${escapeMarkdown(problemText(problem))}${hint}`;
  });
  return fold('What could not be checked', items);
}

function suppressedPart(report: ScanReport): string {
  const items = report.findings.flatMap(({ location, check, suppression }) =>
    suppression === undefined
      ? []
      : [`${codeSpan(place(location))} ${codeSpan(check)}, by ${escapeMarkdown(suppressionText(suppression))}`],
  );
  return fold('Suppressed', items);
}

function fold(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const kept = fitting(items, MOST_BYTES.fold);
  const list = bullets(kept) + leftOut(items.length - kept.length);
  return `<details><summary>${title} (${number(items.length)})</summary>\n\n${list}\n</details>\n`;
}
