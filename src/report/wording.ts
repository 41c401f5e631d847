import type { Origin } from '#core/artifact.ts';
import type { Finding, Location, SecretFacts, Suppression } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { ScanReport } from '#core/scan.ts';
import { SEVERITIES, type Severity, severityRank } from '#core/severity.ts';
import type { Target } from '#core/target.ts';
import { visible } from './visible.ts';

/** The words that every format shares, so that a person meets the same sentence in a terminal and on a page. */

/** The names of severities as headings and badges have them. */
export const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Digits in groups of three, the same in every locale. */
export const number = (value: number): string => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** `1 file`, `2,000 files`. */
export const count = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units with one digit after the point. */
export function bytes(value: number): string {
  let unit = 0;
  let amount = value;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? number(amount) : amount.toFixed(1)} ${UNITS[unit]}`;
}

/** `path:line:column`, which terminals and editors open on a click. Controls are visible. */
export const place = (location: Location): string =>
  `${visible(location.path)}:${location.startLine}:${location.startColumn}`;

export function originText(origin: Origin): string | undefined {
  switch (origin.kind) {
    case 'file':
      return undefined;
    case 'commit':
      return `commit ${visible(origin.commit.slice(0, 12))} by ${visible(origin.author)}, ${day(origin.date)}`;
    case 'layer':
      return `layer ${visible(origin.digest)}`;
    case 'url':
      return visible(origin.url);
  }
}

const day = (date: string): string => visible(date.slice(0, 10));

export function targetText(target: Target): string {
  switch (target.kind) {
    case 'folder':
    case 'archive':
      return visible(target.path);
    case 'staged':
      return `what is staged in ${visible(target.path)}`;
    case 'since':
      return `changes since ${visible(target.revision)} in ${visible(target.path)}`;
    case 'history':
      return target.commits === undefined
        ? `the whole history of ${visible(target.path)}`
        : `the commits ${visible(target.commits)} of ${visible(target.path)}`;
    case 'url':
      return target.history ? `the whole history of ${visible(target.url)}` : visible(target.url);
  }
}

const VERIFICATION = {
  active: 'its provider accepts it now',
  inactive: 'its provider no longer accepts it',
  unknown: 'its provider gave no clear answer',
} as const;

/** What is known of a secret, as short statements. */
export function secretStatements(secret: SecretFacts): string[] {
  const statements: string[] = [];
  if (secret.verification !== undefined) statements.push(VERIFICATION[secret.verification]);
  if (secret.inHead !== undefined) statements.push(secret.inHead ? 'still in a file of HEAD' : 'only in history');
  return statements;
}

/** What a finding says, as sentences without a line break: what is wrong, what speaks for it, how much of it there is. */
export function statements(finding: Finding): string[] {
  const { secret, places } = finding;
  const origin = originText(finding.location.origin);
  return [
    sentence(visible(finding.message)),
    ...(secret === undefined
      ? []
      : [sentence([`Shown as ${visible(secret.masked)}`, ...secretStatements(secret)].join(', '))]),
    ...(secret === undefined || secret.proofs.length === 0
      ? []
      : [sentence(`Proof: ${secret.proofs.map(visible).join('; ')}`)]),
    ...(origin === undefined ? [] : [sentence(`From ${origin}`)]),
    ...(places.length === 0 ? [] : [`Also in ${count(places.length, 'other place')}.`]),
  ];
}

/** Text with a full stop, unless it ends like a sentence already. */
export const sentence = (text: string): string => (/[.!?…]$/.test(text) ? text : `${text}.`);

export function suppressionText(suppression: Suppression): string {
  const at = suppression.path === undefined ? '' : ` in ${visible(suppression.path)}${lineSuffix(suppression.line)}`;
  const reason = suppression.reason === undefined ? '' : `: ${visible(suppression.reason)}`;
  const until = suppression.until === undefined ? '' : ` (until ${visible(suppression.until)})`;
  return `${visible(suppression.by)}${at}${reason}${until}`;
}

const lineSuffix = (line: number | undefined): string => (line === undefined ? '' : `:${line}`);

/** Findings that count: nothing suppresses them. */
export const standing = (report: ScanReport): Finding[] =>
  report.findings.filter((finding) => finding.suppression === undefined);

/** Is the scan incomplete by the verdict (also where it is refused too)? Accepted problems do not make it so. */
export const isIncomplete = (report: ScanReport): boolean =>
  report.verdict.outcome === 'incomplete' || report.verdict.reasons.some(({ outcome }) => outcome === 'incomplete');

/** A problem as one line: what happened, and to which file or check. */
export function problemText(problem: Problem): string {
  const line = problem.line === undefined ? '' : `:${problem.line}`;
  const at = problem.path === undefined ? '' : `${visible(problem.path)}${line}: `;
  const check = problem.check === undefined ? '' : ` [${visible(problem.check)}]`;
  return `${at}${visible(problem.message)}${check} (${visible(problem.code)})`;
}

/** Worst first; within one severity the order of the report. */
export const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => severityRank(b.severity) - severityRank(a.severity));

/** How many of each severity, worst first, without the empty ones. */
export function bySeverity(findings: readonly Finding[]): [Severity, Finding[]][] {
  return SEVERITIES.toReversed()
    .map((severity): [Severity, Finding[]] => [severity, findings.filter((finding) => finding.severity === severity)])
    .filter(([, group]) => group.length > 0);
}

/** `2 critical, 1 high`, or that there are none. */
export const severitySummary = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? 'no findings'
    : bySeverity(findings)
        .map(([severity, group]) => `${number(group.length)} ${severity}`)
        .join(', ');

/** Fingerprints the verdict objects to or warns of. */
export const objected = (report: ScanReport): ReadonlySet<string> =>
  new Set(report.verdict.reasons.flatMap((reason) => reason.findings));

/** Fingerprints of the findings that refuse. */
export const refused = (report: ScanReport): ReadonlySet<string> =>
  new Set(report.verdict.reasons.filter(({ outcome }) => outcome === 'refused').flatMap((reason) => reason.findings));

/** What was looked at, and what was not. */
export function coverageSentences(report: ScanReport): string[] {
  const { artifacts, bytes: size, binary, excluded, commits, checks } = report.coverage;
  const history = commits === undefined ? '' : ` from ${count(commits, 'commit')}`;
  const read = `Read ${count(artifacts, 'file')} (${bytes(size)})${history} with ${count(checks, 'check')}.`;
  const left: string[] = [];
  if (binary > 0) left.push(`${number(binary)} binary`);
  if (excluded > 0) left.push(`${number(excluded)} ignored or excluded`);
  return left.length === 0 ? [read] : [read, `Not read as text: ${left.join(', ')}.`];
}

/** One thing to do: a sentence, and what to type or write, where that is a part of it. */
export interface NextStep {
  readonly say: string;
  readonly write?: string;
}

/** What to do after this verdict; the same in every format that speaks to people. */
export function nextSteps(report: ScanReport): NextStep[] {
  const { outcome } = report.verdict;
  if (outcome === 'pass') return [];
  if (outcome === 'incomplete') {
    return [{ say: 'Resolve the problems and scan again, or say in sluice.yaml which of them you accept.' }];
  }
  const blamed = refused(report);
  const findings = report.findings.filter((finding) => blamed.has(finding.fingerprint));
  const steps: NextStep[] = [];
  if (findings.some((finding) => finding.secret !== undefined)) {
    steps.push({
      say: 'Revoke each secret at its provider first: deleting the line does not take it out of git history.',
    });
  }
  const check = findings[0]?.check;
  if (check === undefined) return steps;
  steps.push({ say: 'To learn more, run', write: `sluice explain ${check}` });
  steps.push({ say: 'If it is a false alarm, say so on its line:', write: `sluice: allow ${check} -- why it is safe` });
  return steps;
}
