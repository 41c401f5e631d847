import { Environment } from '@marcbachmann/cel-js';
import type { Finding } from '#core/finding.ts';
import type { PolicyContext } from '#core/policy.ts';
import type { Problem } from '#core/problem.ts';
import { confidenceRank, severityRank } from '#core/severity.ts';
import { EVIDENCE, EVIDENCE_TYPES } from './evidence-words.ts';

/** Parse-time bounds: a policy file may come with the change it judges. */
const LIMITS = { maxAstNodes: 2_000, maxDepth: 64, maxListElements: 500, maxMapEntries: 100, maxCallArguments: 16 };

const FINDING = {
  check: 'string',
  family: 'string',
  title: 'string',
  severity: 'int',
  confidence: 'int',
  cwe: 'list<int>',
  tags: 'list<string>',
  path: 'string',
  line: 'int',
  places: 'int',
  fingerprint: 'string',
  isNew: 'bool',
  ageDays: 'int',
  proven: 'bool',
  verification: 'string',
  inHead: 'bool',
} as const;

const PROBLEM = { code: 'string', message: 'string', path: 'string', check: 'string' } as const;

const CONTEXT = { target: 'string', branch: 'string', event: 'string', actor: 'string', ci: 'bool' } as const;

/**
 * Names of the scales. Severity runs INFO, LOW, MEDIUM, HIGH, CRITICAL; confidence uses LOW, MEDIUM, HIGH of the same
 * numbers, so that one set of names serves `finding.severity >= HIGH` and `finding.confidence >= MEDIUM`.
 */
const SCALE = { INFO: 0n, LOW: 1n, MEDIUM: 2n, HIGH: 3n, CRITICAL: 4n } as const;

/** The words a policy may use. Unknown names and wrong types are errors when the policy is read, not when it is needed. */
export function policyEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: false, limits: LIMITS })
    .registerType({ name: 'Finding', ctor: FindingWords, fields: FINDING })
    .registerType({ name: 'Problem', ctor: ProblemWords, fields: PROBLEM })
    .registerVariable('finding', 'Finding')
    .registerVariable('problem', 'Problem')
    .registerVariable({ name: 'context', schema: CONTEXT })
    .registerVariable('findings', 'list<Finding>')
    .registerVariable('suppressed', 'list<Finding>')
    .registerVariable('problems', 'list<Problem>')
    .registerVariable('now', 'google.protobuf.Timestamp');
  for (const { name, words, fields } of EVIDENCE_TYPES) environment.registerType(name, { ctor: words, fields });
  environment.registerVariable({ name: 'evidence', schema: EVIDENCE });
  for (const [name, value] of Object.entries(SCALE)) environment.registerConstant(name, 'int', value);
  return environment;
}

/** Classes, because CEL tells what is in a list by them: a misspelt field is then a mistake there, too. */
class FindingWords {}
class ProblemWords {}

/** A finding in the words of the vocabulary. `family` is the part of the check id before `/`. */
export function findingWords(finding: Finding, now: Date): FindingWords {
  const words: Record<keyof typeof FINDING, unknown> = {
    check: finding.check,
    family: finding.check.slice(0, finding.check.indexOf('/')),
    title: finding.title,
    severity: BigInt(severityRank(finding.severity)),
    confidence: BigInt(confidenceRank(finding.confidence) + 1),
    cwe: finding.cwe.map(BigInt),
    tags: [...finding.tags],
    path: finding.location.path,
    line: BigInt(finding.location.startLine),
    places: BigInt(finding.places.length + 1),
    fingerprint: finding.fingerprint,
    isNew: finding.isNew,
    ageDays: BigInt(ageInDays(finding, now)),
    proven: (finding.secret?.proofs.length ?? 0) > 0 && finding.confidence === 'high',
    verification: finding.secret?.verification ?? '',
    inHead: finding.secret?.inHead ?? true,
  };
  return Object.assign(new FindingWords(), words);
}

/** Whole days since the finding was first seen; 0 for one seen now, or dated in the future. */
export function ageInDays(finding: Finding, now: Date): number {
  if (finding.firstSeen === undefined) return 0;
  const days = Math.floor((now.getTime() - Date.parse(finding.firstSeen)) / 86_400_000);
  return Number.isFinite(days) ? Math.max(0, days) : 0;
}

export function problemWords({ code, message, path = '', check = '' }: Problem): ProblemWords {
  const words: Record<keyof typeof PROBLEM, string> = { code, message, path, check };
  return Object.assign(new ProblemWords(), words);
}

export function contextWords(context: PolicyContext): Record<keyof typeof CONTEXT, unknown> {
  return { ...context };
}

/** The names a policy can use, for documentation and for suggestions. */
export const VOCABULARY = { finding: FINDING, problem: PROBLEM, context: CONTEXT, scale: Object.keys(SCALE) } as const;

/** Fields of which every value is known. */
export const VALUES: ReadonlyMap<string, readonly string[]> = new Map([
  ['evidence.sbom.format', ['', 'cyclonedx', 'spdx']],
  ['evidence.scan.verdict', ['', 'pass', 'refused', 'incomplete']],
  ['context.target', ['folder', 'staged', 'since', 'history', 'archive', 'url']],
  ['finding.verification', ['', 'active', 'inactive', 'unknown']],
]);
