import type { EnvironmentConfig } from '#config/deploy.ts';
import type { EvidenceFacts } from '#core/evidence.ts';
import { DEFAULT_POLICY, type PolicyContext, type PolicyRule } from '#core/policy.ts';
import type { Clock } from '#core/ports.ts';
import type { Digest } from '#core/statement.ts';
import type { Verdict } from '#core/verdict.ts';
import { collectEvidence } from '#evidence/collect.ts';
import { openGate } from '#gate/gate.ts';
import { ledgerFolder, userFolder } from './home.ts';
import { ledgerKeys } from './notary.ts';
import { ownKeys, ownMemory } from './own-evidence.ts';
import { trustOf } from './trust.ts';

/** What is asked: whether an artifact may pass, by rules over `evidence`. */
export interface EvidenceQuestion {
  /** The repository whose ledger counts. */
  readonly repository: string;
  readonly artifact: Digest;
  readonly clock: Clock;
  /** Where it would go: approvals of other environments do not count. */
  readonly environment?: string;
  /** The user's own folder, instead of the one of the environment. */
  readonly home?: string;
}

/**
 * What the ledger of a repository proves about an artifact: only what is signed by somebody the user trusts, about this
 * digest, and in the ledger. What does not count is in `rejected`, with the reason.
 */
export function evidenceOf({ repository, artifact, clock, environment, home }: EvidenceQuestion): EvidenceFacts {
  const own = home ?? userFolder();
  const keys = ownKeys(own);
  return collectEvidence(ledgerFolder(repository), {
    artifact,
    keys: ledgerKeys(keys),
    memory: ownMemory(own),
    trust: trustOf(own),
    now: clock.now(),
    ...(environment === undefined ? {} : { environment }),
  });
}

/** Nothing ships without evidence: what holds for an environment that has no rules of its own. */
const EVIDENCE_RULES: readonly PolicyRule[] = [
  {
    name: 'built-where-we-saw',
    when: '!evidence.provenance.present',
    message: 'Nobody who is trusted says how this was built. Build it with `sluice run`.',
  },
  {
    name: 'built-as-it-should-be',
    when: 'evidence.provenance.untrusted || evidence.provenance.unsandboxed || evidence.provenance.conclusion == "failure"',
    message: 'The build that made this failed, had code from outside in it, or ran without a sandbox.',
  },
  {
    name: 'scanned-and-passed',
    when: 'evidence.scan.verdict != "pass"',
    message: 'No scan that passed is known of this.',
  },
];

/** The rules of an environment: its own, or else those that hold everywhere. */
export function environmentRules({ rules }: Pick<EnvironmentConfig, 'rules'>): readonly PolicyRule[] {
  if (rules.length === 0) return EVIDENCE_RULES;
  return rules.map(({ name, when, message }) => ({ name, when, ...(message === undefined ? {} : { message }) }));
}

const CONTEXT: PolicyContext = { target: '', branch: '', event: '', actor: '', ci: false };

/**
 * The gate of an environment: refuses when one of the rules holds of the evidence.
 *
 * @throws PolicyError for a rule that does not compile
 */
export function judgeEvidence(evidence: EvidenceFacts, rules: readonly PolicyRule[], now: Date): Verdict {
  const gate = openGate({ ...DEFAULT_POLICY, rules });
  return gate.judge({ findings: [], problems: [], context: CONTEXT, now, evidence });
}
