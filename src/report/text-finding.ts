import type { CheckDocumentation } from '#core/check.ts';
import type { Finding, Step } from '#core/finding.ts';
import { codeFrame } from './code-frame.ts';
import { firstSentence } from './markdown-text.ts';
import { bullet, field, type Layout } from './text-layout.ts';
import { visible } from './visible.ts';
import { originText, place, secretStatements } from './wording.ts';
import { wrap } from './wrap.ts';

const PLACES = 4;
const STEPS = 12;

/** One finding, whole: what, where, the code, why, what speaks for it, what to do. */
export function findingBlock(
  finding: Finding,
  layout: Layout,
  documentation: CheckDocumentation | undefined,
): string[] {
  return [
    ...headline(finding, layout),
    ...indented(codeFrame(finding, { width: layout.width - 2, paint: layout.paint, symbols: layout.symbols })),
    ...facts(finding, layout, documentation).flatMap(([label, texts]) =>
      texts.length === 0 ? [] : field(label, texts, layout),
    ),
    '',
  ];
}

/** One finding on one line, for what is shown in passing. */
export function findingLine(finding: Finding, layout: Layout): string[] {
  const text = `${place(finding.location)} ${visible(finding.title)} (${visible(finding.check)})`;
  return bullet(layout.paint(finding.severity, layout.symbols.dot), text, layout, '  ');
}

function headline(finding: Finding, layout: Layout): string[] {
  const { paint, symbols } = layout;
  const label = `${symbols.cross} ${finding.severity}`;
  const room = layout.width - label.length - 2;
  const [first = '', ...rest] = wrap(visible(finding.title), room);
  const about = [
    visible(finding.check),
    `${finding.confidence} confidence`,
    ...finding.cwe.slice(0, 1).map((cwe) => `CWE-${cwe}`),
    ...(finding.isNew ? [] : ['not new']),
  ].join(', ');
  return [
    `${paint(finding.severity, label)}  ${paint('strong', first)}`,
    ...rest.map((line) => `  ${paint('strong', line)}`),
    ...wrap(place(finding.location), layout.width - 2).map((line) => `  ${paint('place', line)}`),
    ...wrap(about, layout.width - 2).map((line) => `  ${paint('quiet', line)}`),
  ];
}

const indented = (rows: readonly string[]): string[] =>
  rows.length === 0 ? [] : ['', ...rows.map((row) => `  ${row}`), ''];

function facts(
  finding: Finding,
  layout: Layout,
  documentation: CheckDocumentation | undefined,
): [label: string, texts: string[]][] {
  const { secret } = finding;
  const said = finding.message === finding.title ? [] : [visible(finding.message)];
  const origin = originText(finding.location.origin);
  return [
    ['what', said],
    ['why', documentation === undefined ? [] : [visible(firstSentence(documentation.why))]],
    ['secret', secret === undefined ? [] : [[visible(secret.masked), ...secretStatements(secret)].join(', ')]],
    ['proof', (secret?.proofs ?? []).map(visible)],
    ['since', origin === undefined ? [] : [origin]],
    ['trace', (finding.trace ?? []).slice(0, layout.verbose ? undefined : STEPS).map(stepText)],
    ['also in', placesText(finding, layout)],
    ['do', [visible(finding.remedy)]],
    ['fix', finding.fix === undefined ? [] : [visible(finding.fix.description)]],
    ['id', layout.verbose ? [finding.fingerprint] : []],
  ];
}

const stepText = (step: Step, index: number): string =>
  `${index + 1}. ${place(step.location)} ${visible(step.message)}`;

function placesText(finding: Finding, layout: Layout): string[] {
  const shown = layout.verbose ? finding.places : finding.places.slice(0, PLACES);
  const texts = shown.map((location) => [place(location), originText(location.origin)].filter(Boolean).join(', '));
  const left = finding.places.length - shown.length;
  return left === 0 ? texts : [...texts, `and ${left} more (--verbose lists them)`];
}
