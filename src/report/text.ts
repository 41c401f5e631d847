import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import { SEVERITIES } from '#core/severity.ts';
import type { Pieces, RenderOptions } from './options.ts';
import { findingBlock, findingLine } from './text-finding.ts';
import { heading, type Layout, layoutFor } from './text-layout.ts';
import { coverageLines, problemLines, suppressedLines, verdictLines } from './text-summary.ts';
import { uncommanding } from './visible.ts';
import { count, number, objected, standing, targetText } from './wording.ts';
import { wrap } from './wrap.ts';

/** Findings shown in passing (low confidence, not new) at most; the rest are counted. */
const IN_PASSING = 20;

/**
 * A report for a person at a terminal. The worst findings come last, because the end is what stays on the screen; below
 * them is what the scan could not do, what it looked at, and the verdict.
 */
export function* render(report: ScanReport, options: RenderOptions): Pieces {
  for (const lines of parts(report, options)) if (lines.length > 0) yield `${lines.map(uncommanding).join('\n')}\n`;
}

/** The lines of each part; of a finding they are one. */
function* parts(report: ScanReport, options: RenderOptions): Generator<readonly string[]> {
  const layout = layoutFor(options);
  const blamed = objected(report);
  const { full = [], passing = [] } = Object.groupBy(standing(report), (finding) =>
    options.verbose || blamed.has(finding.fingerprint) || (finding.confidence !== 'low' && finding.isNew)
      ? 'full'
      : 'passing',
  );
  const title = wrap(`sluice ${report.tool.version} scanned ${targetText(report.target)}`, layout.width);
  yield [...title.map((line) => layout.paint('quiet', line)), ''];
  yield passingLines(passing, layout);
  for (const severity of SEVERITIES) {
    const group = full.filter((finding) => finding.severity === severity);
    if (group.length > 0)
      yield [heading(`${severity} ${layout.symbols.dot} ${count(group.length, 'finding')}`, layout), ''];
    for (const finding of group) yield findingBlock(finding, layout, options.documentation?.(finding.check));
  }
  yield problemLines(report, layout);
  yield coverageLines(report, layout);
  yield suppressedLines(report, layout);
  yield ['', ...verdictLines(report, layout)];
}

function passingLines(findings: readonly Finding[], layout: Layout): string[] {
  if (findings.length === 0) return [];
  const shown = findings.slice(0, IN_PASSING);
  const left = findings.length - shown.length;
  return [
    heading(`in passing ${layout.symbols.dot} ${count(findings.length, 'finding')}`, layout),
    ...shown.flatMap((finding) => findingLine(finding, layout)),
    ...(left === 0 ? [] : [`  and ${number(left)} more`]),
    ...wrap('Of low confidence or not new; --verbose shows them in full.', layout.width - 2).map(
      (line) => `  ${layout.paint('quiet', line)}`,
    ),
    '',
  ];
}
