import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Reason } from '#core/verdict.ts';
import { displayWidth } from './display-width.ts';
import { bullet, heading, type Layout } from './text-layout.ts';
import { visible } from './visible.ts';
import {
  count,
  coverageSentences,
  type NextStep,
  nextSteps,
  number,
  place,
  problemText,
  severitySummary,
  standing,
  suppressionText,
} from './wording.ts';
import { wrap } from './wrap.ts';

/** Problems of one code shown in full; the rest are counted. */
const EXAMPLES = 3;
/** Places shown beside a reason of the verdict. */
const BLAMED = 5;

/** What the scan could not do, grouped by its kind. */
export function problemLines(report: ScanReport, layout: Layout): string[] {
  if (report.problems.length === 0) return [];
  const lines = [heading(`not checked ${layout.symbols.dot} ${count(report.problems.length, 'problem')}`, layout)];
  for (const [code, problems] of Map.groupBy(report.problems, (problem) => problem.code)) {
    const shown = layout.verbose ? problems : problems.slice(0, EXAMPLES);
    for (const problem of shown) lines.push(...problemBlock(problem, layout));
    const left = problems.length - shown.length;
    if (left > 0) lines.push(`    and ${number(left)} more of ${visible(code)}`);
  }
  return [...lines, ''];
}

function problemBlock(problem: Problem, layout: Layout): string[] {
  return [
    ...bullet(layout.paint('warning', layout.symbols.warning), problemText(problem), layout),
    ...(problem.hint === undefined ? [] : wrap(visible(problem.hint), layout.width - 4).map((line) => `    ${line}`)),
  ];
}

/** Findings that something suppresses: counted, and listed with `verbose`. */
export function suppressedLines(report: ScanReport, layout: Layout): string[] {
  const suppressed = report.findings.filter((finding) => finding.suppression !== undefined);
  if (suppressed.length === 0) return [];
  const kinds = [...Map.groupBy(suppressed, (finding) => finding.suppression?.kind ?? 'inline')]
    .map(([kind, group]) => `${number(group.length)} by ${KIND[kind]}`)
    .toSorted();
  const lines = wrap(`Suppressed: ${kinds.join(', ')}.`, layout.width);
  if (!layout.verbose) return lines;
  for (const { location, check, suppression } of suppressed) {
    if (suppression === undefined) continue;
    const text = `${place(location)} ${visible(check)}, by ${suppressionText(suppression)}`;
    lines.push(...bullet(layout.symbols.dot, text, layout, '  '));
  }
  return lines;
}

const KIND = { inline: 'a comment', 'ignore-file': 'an ignore file', baseline: 'the baseline' } as const;

export const coverageLines = (report: ScanReport, layout: Layout): string[] =>
  coverageSentences(report).flatMap((sentence) => wrap(sentence, layout.width));

/** The verdict with every reason, and what to do next. */
export function verdictLines(report: ScanReport, layout: Layout): string[] {
  const { outcome, reasons } = report.verdict;
  const { paint, symbols } = layout;
  const summary = severitySummary(standing(report));
  const problems = report.problems.length === 0 ? '' : `, ${count(report.problems.length, 'problem')}`;
  const [sign, word, role] = {
    pass: [symbols.tick, 'PASS', 'good'] as const,
    refused: [symbols.cross, 'REFUSED', 'bad'] as const,
    incomplete: [symbols.warning, 'INCOMPLETE', 'warning'] as const,
  }[outcome];
  const [first = '', ...rest] = wrap(`${summary}${problems}`, layout.width - word.length - 4);
  const steps = nextSteps(report);
  return [
    `${paint(role, `${sign} ${word}`)}  ${first}`,
    ...rest.map((line) => `  ${line}`),
    ...reasons.flatMap((reason) => reasonLines(reason, report, layout)),
    ...(steps.length === 0 ? [] : ['', paint('strong', 'What to do')]),
    ...steps.flatMap((step) => stepLines(step, layout)),
  ];
}

/** What is to be typed stays whole where it can: beside its sentence, else on a line of its own. */
function stepLines({ say, write }: NextStep, layout: Layout): string[] {
  const { arrow } = layout.symbols;
  const typed = visible(write ?? '');
  const together = typed === '' ? say : `${say} ${typed}`;
  if (typed === '' || displayWidth(together) <= layout.width - 4) return bullet(arrow, together, layout, '  ');
  return [...bullet(arrow, say, layout, '  '), ...wrap(typed, layout.width - 6).map((line) => `      ${line}`)];
}

const SIGN = ({ symbols }: Layout) => ({ refused: symbols.cross, incomplete: symbols.warning, warning: symbols.dot });

function reasonLines(reason: Reason, report: ScanReport, layout: Layout): string[] {
  const blamed = new Set(reason.findings);
  const places = report.findings
    .filter((finding) => blamed.has(finding.fingerprint))
    .map(({ location }) => place(location));
  const shown = layout.verbose ? places : places.slice(0, BLAMED);
  const left = places.length - shown.length;
  const sign = layout.paint(reason.outcome === 'refused' ? 'bad' : 'warning', SIGN(layout)[reason.outcome]);
  const warning = reason.outcome === 'warning' ? 'warning: ' : '';
  return [
    ...bullet(sign, `${warning}${visible(reason.message)} (${visible(reason.rule)})`, layout, '  '),
    ...shown.flatMap((at) => wrap(at, layout.width - 6).map((line) => `      ${layout.paint('quiet', line)}`)),
    ...(left === 0 ? [] : [`      ${layout.paint('quiet', `and ${number(left)} more`)}`]),
  ];
}
