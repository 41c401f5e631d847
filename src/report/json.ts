import type { Finding } from '#core/finding.ts';
import type { ScanReport } from '#core/scan.ts';
import type { JsonReport } from './json-schema.ts';
import { jsonText } from './json-text.ts';
import type { Pieces } from './options.ts';

type Loose<T> = T extends readonly (infer E)[]
  ? readonly Loose<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Loose<T[K]> }
    : T;

/** The whole result for programs, of the shape in `json-schema.ts`. */
export function render(report: ScanReport): Pieces {
  const { tool, target, verdict, coverage, problems, findings, checks } = report;
  const result: Loose<JsonReport> = {
    version: 1,
    tool,
    target,
    verdict,
    coverage,
    problems,
    findings: findings.map(findingJson),
    checks,
  };
  return jsonText(result);
}

/** One order of keys, whoever built the finding. */
const findingJson = (finding: Finding): Loose<JsonReport['findings'][number]> => ({
  fingerprint: finding.fingerprint,
  check: finding.check,
  title: finding.title,
  message: finding.message,
  remedy: finding.remedy,
  severity: finding.severity,
  confidence: finding.confidence,
  cwe: finding.cwe,
  tags: finding.tags,
  isNew: finding.isNew,
  location: finding.location,
  places: finding.places,
  suppression: finding.suppression,
  secret: finding.secret,
  trace: finding.trace,
  fix: finding.fix,
});
