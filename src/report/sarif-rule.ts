import type { CheckDocumentation, CheckId, CheckSummary } from '#core/check.ts';
import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import type { Severity } from '#core/severity.ts';
import { documentationMarkdown, firstSentence } from './markdown-text.ts';
import type { RenderOptions } from './options.ts';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

export const levelOf = (severity: Severity) => LEVEL[severity];

/** GitHub turns this number back into a word: above 9 critical, from 7 high, from 4 medium, above 0 low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: '1.0',
};

/** GitHub refuses a rule with more. */
const MOST_TAGS = 20;

/** The rules that the results name, in order of their ids: from the report's checks, else from the findings themselves. */
export function rulesOf(report: ScanReport, findings: readonly Finding[], options: RenderOptions) {
  const used = new Map<CheckId, RuleFacts>();
  for (const finding of findings)
    if (!used.has(finding.check)) used.set(finding.check, { ...finding, id: finding.check });
  for (const check of report.checks) if (used.has(check.id)) used.set(check.id, check);
  return [...used.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((check) => ruleOf(check, options.documentation?.(check.id)));
}

type RuleFacts = Pick<CheckSummary, 'id' | 'title' | 'severity' | 'confidence' | 'cwe' | 'tags' | 'remedy'>;

function ruleOf(check: RuleFacts, documentation: CheckDocumentation | undefined) {
  const text = documentation === undefined ? check.remedy : documentationMarkdown(documentation, check.remedy);
  const link = documentation?.references.find((reference) => /^https?:\/\//.test(reference));
  return {
    id: check.id,
    name: pascalCase(check.id),
    shortDescription: { text: check.title },
    fullDescription: { text: documentation === undefined ? check.title : firstSentence(documentation.looksFor) },
    help: { text, markdown: text },
    ...(link === undefined ? {} : { helpUri: link }),
    defaultConfiguration: { level: levelOf(check.severity) },
    properties: {
      tags: tagsOf(check),
      'security-severity': SECURITY_SEVERITY[check.severity],
      precision: check.confidence,
      'problem.severity': levelOf(check.severity) === 'note' ? 'recommendation' : levelOf(check.severity),
    },
  };
}

/** CodeQL's spelling of a CWE, which GitHub shows with its title: three digits at least. */
const tagsOf = ({ cwe, tags }: RuleFacts): string[] =>
  [
    ...new Set(['security', ...cwe.map((number) => `external/cwe/cwe-${String(number).padStart(3, '0')}`), ...tags]),
  ].slice(0, MOST_TAGS);

const pascalCase = (id: string): string =>
  id
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
