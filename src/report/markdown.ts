import type { Finding } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import { cell, codeSpan, escapeMarkdown } from './markdown-text.ts';
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

/** GitHub refuses a job summary of more than 1 MiB; rows of the longest kind stay well below with this many. */
const MOST_BYTES = 900_000;
const MOST_ROWS = 500;
const SIGN = { pass: '✅', refused: '❌', incomplete: '⚠️' } as const;
const DOT = { critical: '🟥', high: '🟧', medium: '🟨', low: '🟦', info: '⬜' } as const;

/** GitHub Flavored Markdown for a job summary or a comment: the verdict, its reasons, tables of findings and problems. */
export function render(report: ScanReport): string {
  const { outcome, reasons } = report.verdict;
  const open = standing(report);
  const steps = nextSteps(report);
  const parts = [
    `## ${SIGN[outcome]} Sluice: ${outcome}\n`,
    `${capitalised(severitySummary(open))}${report.problems.length === 0 ? '' : `, ${count(report.problems.length, 'problem')}`}.\n`,
    bullets(
      reasons.map(({ outcome: said, message, rule }) => `**${said}**: ${escapeMarkdown(message)} (${codeSpan(rule)})`),
    ),
    findingsTable(open),
    steps.length === 0 ? '' : `### What to do\n\n${bullets(steps.map(escapeMarkdown))}`,
    problemsPart(report.problems),
    suppressedPart(report),
    `${coverageSentences(report).map(escapeMarkdown).join(' ')}\n`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

const bullets = (items: readonly string[]): string => items.map((item) => `- ${item}\n`).join('');

function findingsTable(findings: readonly Finding[]): string {
  if (findings.length === 0) return '';
  const rows: string[] = [];
  let room = MOST_BYTES;
  for (const finding of worstFirst(findings).slice(0, MOST_ROWS)) {
    const row = findingRow(finding);
    room -= Buffer.byteLength(row);
    if (room < 0) break;
    rows.push(row);
  }
  const left = findings.length - rows.length;
  const more = left === 0 ? '' : `\nand ${number(left)} more; the other formats have them all.\n`;
  return `| | Severity | Finding | Where | What to do |\n| --- | --- | --- | --- | --- |\n${rows.join('')}${more}`;
}

function findingRow(finding: Finding): string {
  const { severity, title, check, location, places, secret, remedy, message, isNew } = finding;
  const what = [
    `**${cell(title)}**`,
    ...(message === title ? [] : [cell(message)]),
    `${codeSpan(check, true)}${isNew ? '' : ', not new'}`,
    ...(secret === undefined ? [] : [`shown as ${codeSpan(secret.masked, true)}`]),
  ].join('<br>');
  const where =
    codeSpan(place(location), true) + (places.length === 0 ? '' : `<br>and ${count(places.length, 'other place')}`);
  return `| ${DOT[severity]} | ${severity} | ${what} | ${where} | ${cell(remedy)} |\n`;
}

function problemsPart(problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const items = problems.slice(0, MOST_ROWS).map((problem) => {
    const hint = problem.hint === undefined ? '' : ` ${escapeMarkdown(problem.hint)}`;
    return `${escapeMarkdown(problemText(problem))}${hint}`;
  });
  return fold(`What could not be checked (${number(problems.length)})`, items, problems.length);
}

function suppressedPart(report: ScanReport): string {
  const suppressed = report.findings.filter(({ suppression }) => suppression !== undefined);
  if (suppressed.length === 0) return '';
  const items = suppressed.slice(0, MOST_ROWS).map(({ location, check, suppression }) => {
    const by = suppression === undefined ? '' : escapeMarkdown(suppressionText(suppression));
    return `${codeSpan(place(location))} ${codeSpan(check)}, by ${by}`;
  });
  return fold(`Suppressed (${number(suppressed.length)})`, items, suppressed.length);
}

function fold(title: string, items: readonly string[], total: number): string {
  const left = total - items.length;
  const more = left === 0 ? [] : [`and ${number(left)} more`];
  return `<details><summary>${title}</summary>\n\n${bullets([...items, ...more])}\n</details>\n`;
}
