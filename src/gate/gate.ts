import type { EvidenceFacts } from '#core/evidence.ts';
import type { Finding } from '#core/finding.ts';
import type { Policy, PolicyContext, PolicyRule } from '#core/policy.ts';
import type { Problem } from '#core/problem.ts';
import type { Outcome, Reason, Verdict } from '#core/verdict.ts';
import { evidenceWords } from './evidence-words.ts';
import { compileExpression, type Expression, ExpressionError } from './expression.ts';
import { ageInDays, contextWords, findingWords, policyEnvironment, problemWords, VALUES } from './vocabulary.ts';

/** What the gate judges. Suppressed findings are among `findings`; no rule but one about `suppressed` sees them. */
export interface Evidence {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly context: PolicyContext;
  readonly now: Date;
  /** What is proven about the artifact, where the question is about one. Without it, everything in it is absent. */
  readonly evidence?: EvidenceFacts;
}

/** A policy whose every expression compiled. */
export interface Gate {
  judge(evidence: Evidence): Verdict;
}

/** Where in a policy an expression stands: the path of keys to it, as in the file. */
export type PolicyPath = readonly (string | number)[];

/** Thrown for the first expression that does not compile; `path` lets the reader of the file add line and column. */
export class PolicyError extends ExpressionError {
  readonly path: PolicyPath;

  constructor(path: PolicyPath, cause: ExpressionError) {
    super(`policy ${path.join('.')}: ${cause.message}`, cause.offset, cause.hint);
    this.path = path;
  }
}

/**
 * Compiles a policy into a gate.
 *
 * ```ts
 * import { DEFAULT_POLICY } from '#core/policy.ts';
 * const gate = openGate(DEFAULT_POLICY);
 * const context = { target: 'folder', branch: 'main', event: '', actor: '', ci: false };
 * gate.judge({ findings: [], problems: [], context, now: new Date(0) }).outcome // => 'pass'
 * ```
 *
 * `families`: the names of all families of checks, where they are known; a policy that asks for another is a mistake.
 *
 * @throws PolicyError for an expression that does not compile.
 */
export function openGate(policy: Policy, families?: readonly string[]): Gate {
  const environment = policyEnvironment();
  const values = new Map([...VALUES, ...(families === undefined ? [] : [['finding.family', families] as const])]);
  const compileAt = (path: PolicyPath, source: string): Expression => {
    try {
      return compileExpression(environment, source, values);
    } catch (error) {
      throw error instanceof ExpressionError ? new PolicyError(path, error) : error;
    }
  };
  const rules = policy.rules.map((rule, index) => ({ rule, when: compileAt(['rules', index, 'when'], rule.when) }));
  const problems = compileAt(['problems', 'when'], policy.problems.when);
  return { judge: (evidence) => judge(policy, rules, problems, evidence) };
}

interface CompiledRule {
  readonly rule: PolicyRule;
  readonly when: Expression;
}

function judge(policy: Policy, rules: readonly CompiledRule[], problems: Expression, evidence: Evidence): Verdict {
  const open = evidence.findings.filter((finding) => finding.suppression === undefined);
  const words = scanWords(open, evidence);
  const reasons = [
    ...rules.flatMap((compiled) => judgeRule(compiled, open, words, evidence)),
    ...judgeLimits(policy.limits, open),
    ...judgeProblems(policy, problems, words, evidence),
  ];
  return { outcome: outcomeOf(reasons), reasons };
}

function scanWords(open: readonly Finding[], evidence: Evidence): Record<string, unknown> {
  const { findings, problems, context, now, evidence: proven } = evidence;
  return {
    findings: open.map((finding) => findingWords(finding, now)),
    suppressed: findings.filter((finding) => finding.suppression).map((finding) => findingWords(finding, now)),
    problems: problems.map(problemWords),
    context: contextWords(context),
    evidence: evidenceWords(proven),
    now,
  };
}

function judgeRule(
  { rule, when }: CompiledRule,
  open: readonly Finding[],
  words: Record<string, unknown>,
  evidence: Evidence,
): Reason[] {
  const early = rule.from !== undefined && evidence.now.getTime() < Date.parse(rule.from);
  const late = early ? 'warning' : 'refused';
  if (when.subject === 'problem') {
    const count = evidence.problems.filter((p) => when.evaluate({ ...words, problem: problemWords(p) })).length;
    return count === 0 ? [] : [reason(rule, late, [], count)];
  }
  if (when.subject === 'scan') return when.evaluate(words) ? [reason(rule, late, [], 0)] : [];
  const hits = open.filter((finding) => when.evaluate({ ...words, finding: findingWords(finding, evidence.now) }));
  const inGrace = (finding: Finding): boolean => ageInDays(finding, evidence.now) < (rule.graceDays ?? 0);
  const due = hits.filter((finding) => !inGrace(finding));
  const waiting = hits.filter(inGrace);
  return [
    ...(due.length === 0 ? [] : [reason(rule, late, due, 0)]),
    ...(waiting.length === 0 ? [] : [graceReason(rule, waiting)]),
  ];
}

function reason(rule: PolicyRule, outcome: Reason['outcome'], findings: readonly Finding[], problems: number): Reason {
  const starts = outcome === 'warning' && rule.from !== undefined ? ` (refused from ${rule.from})` : '';
  const message = (rule.message ?? `The rule \`${rule.when}\` holds.`) + starts;
  return { rule: rule.name, outcome, message, findings: findings.map((finding) => finding.fingerprint), problems };
}

function graceReason(rule: PolicyRule, findings: readonly Finding[]): Reason {
  const message = `Within the grace period of ${rule.graceDays} days.`;
  const fingerprints = findings.map((finding) => finding.fingerprint);
  return { rule: rule.name, outcome: 'warning', message, findings: fingerprints, problems: 0 };
}

function judgeLimits(limits: Policy['limits'], open: readonly Finding[]): Reason[] {
  const reasons: Reason[] = [];
  for (const [family, most] of Object.entries(limits)) {
    const counted = family === 'all' ? open : open.filter((finding) => finding.check.startsWith(`${family}/`));
    if (counted.length <= most) continue;
    reasons.push({
      rule: `limit-${family}`,
      outcome: 'refused',
      message: `${counted.length} open findings${family === 'all' ? '' : ` of ${family}`}; the limit is ${most}.`,
      findings: counted.map((finding) => finding.fingerprint),
      problems: 0,
    });
  }
  return reasons;
}

function judgeProblems(
  policy: Policy,
  when: Expression,
  words: Record<string, unknown>,
  { problems }: Evidence,
): Reason[] {
  const counted = problems.filter((problem) => when.evaluate({ ...words, problem: problemWords(problem) }));
  if (counted.length === 0) return [];
  const many = counted.length === 1 ? '1 problem' : `${counted.length} problems`;
  const message = `The scan could not do everything: ${many}.`;
  return [{ rule: 'problems', outcome: policy.problems.outcome, message, findings: [], problems: counted.length }];
}

function outcomeOf(reasons: readonly Reason[]): Outcome {
  if (reasons.some(({ outcome }) => outcome === 'refused')) return 'refused';
  return reasons.some(({ outcome }) => outcome === 'incomplete') ? 'incomplete' : 'pass';
}
