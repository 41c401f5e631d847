import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Pieces } from './options.ts';
import { isIncomplete, place, problemText, refused, statements, suppressionText } from './wording.ts';
import { block, element, indent, opening, xmlText } from './xml.ts';

interface Case {
  readonly state: 'passed' | 'failed' | 'errored' | 'skipped';
  readonly xml: string;
}

/**
 * JUnit XML: a test suite for each check that found something, a test case for each finding. A case fails only where the
 * verdict refuses its finding, so that the build's colour and the exit code agree; suppressed findings are skipped
 * cases, problems are errors, and a case named `verdict` is red exactly when the verdict is not `pass`.
 */
export function* render(report: ScanReport): Pieces {
  const blamed = refused(report);
  const suites = [...Map.groupBy(report.findings, ({ check }) => check)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([check, findings]) => ({
      name: check as string,
      cases: findings.map((finding) => findingCase(finding, blamed)),
    }));
  const all = [{ name: 'sluice', cases: [verdictCase(report), ...problemCases(report)] }, ...suites];
  yield `<?xml version="1.0" encoding="UTF-8"?>\n`;
  yield `${opening('testsuites', { name: 'sluice', ...counts(all.flatMap(({ cases }) => cases)) })}\n`;
  for (const { name, cases } of all) {
    yield `${indent(opening('testsuite', { name, ...counts(cases) }))}\n`;
    for (const { xml } of cases) yield `${indent(indent(xml))}\n`;
    yield `${indent('</testsuite>')}\n`;
  }
  yield '</testsuites>\n';
}

function counts(cases: readonly Case[]) {
  const of = (state: Case['state']): number => cases.filter((each) => each.state === state).length;
  return { tests: cases.length, failures: of('failed'), errors: of('errored'), skipped: of('skipped') };
}

function findingCase(finding: Finding, blamed: ReadonlySet<string>): Case {
  const { location, check, suppression } = finding;
  const attributes = {
    name: `${finding.title} at ${place(location)}`,
    classname: check,
    file: location.path,
    line: location.startLine,
    time: 0,
  };
  const text = [...statements(finding), finding.remedy, `Fingerprint: ${finding.fingerprint}`].join('\n');
  const detail = { message: finding.message, type: finding.severity };
  if (suppression !== undefined) {
    const skipped = element('skipped', { message: suppressionText(suppression) });
    return { state: 'skipped', xml: element('testcase', attributes, block([skipped])) };
  }
  if (blamed.has(finding.fingerprint)) {
    return {
      state: 'failed',
      xml: element('testcase', attributes, block([element('failure', detail, [xmlText(text)])])),
    };
  }
  return { state: 'passed', xml: element('testcase', attributes, block([element('system-out', {}, [xmlText(text)])])) };
}

function verdictCase(report: ScanReport): Case {
  const { outcome, reasons } = report.verdict;
  const attributes = { name: 'verdict', classname: 'sluice', time: 0 };
  if (outcome === 'pass') return { state: 'passed', xml: element('testcase', attributes) };
  const text = reasons.map((reason) => `${reason.outcome}: ${reason.message} (${reason.rule})`).join('\n');
  const name = outcome === 'refused' ? 'failure' : 'error';
  const detail = element(name, { message: outcome, type: 'verdict' }, text === '' ? [] : [xmlText(text)]);
  return { state: outcome === 'refused' ? 'failed' : 'errored', xml: element('testcase', attributes, block([detail])) };
}

function problemCases(report: ScanReport): Case[] {
  const counted = isIncomplete(report);
  return report.problems.map((problem) => {
    const { path, line, code } = problem;
    const text = problemText(problem);
    const attributes = { name: text, classname: `sluice.${code}`, file: path, line, time: 0 };
    const inner = counted
      ? element(
          'error',
          { message: problem.message, type: code },
          problem.hint === undefined ? [] : [xmlText(problem.hint)],
        )
      : element('skipped', { message: `accepted: ${problem.message}` });
    return { state: counted ? 'errored' : 'skipped', xml: element('testcase', attributes, block([inner])) };
  });
}
