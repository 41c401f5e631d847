import { order } from '#core/order.ts';
import { type Confidence, confidenceRank, severityRank } from '#core/severity.ts';
import type { Detection } from './match/detection.ts';
import { PROOFS } from './proof/index.ts';
import type { Proof } from './proof/proof.ts';

const judged = new WeakMap<Detection, Proof | null>();

/** What the structure of a secret says about it; `undefined` where its rule names no proof. */
export function proofOf(detection: Detection): Proof | undefined {
  let proof = judged.get(detection);
  if (proof === undefined) {
    const { proof: name } = detection.rule.facts;
    proof = (name === undefined ? undefined : PROOFS[name]?.prove(detection.value, detection.matched)) ?? null;
    judged.set(detection, proof);
  }
  return proof ?? undefined;
}

/** How sure a detection is, all told: a proof decides, else the generic detector's weighing, else the rule. */
export function confidenceOf(detection: Detection): Confidence {
  const outcome = proofOf(detection)?.outcome;
  if (outcome === 'proven') return 'high';
  if (outcome === 'refuted') return 'low';
  return detection.weighed?.confidence ?? detection.rule.facts.confidence;
}

/**
 * One secret, one detection: of those that speak of the same place the most specific stays. A rule of a provider comes before
 * a generic one, a proven format before a likely one, what stands there before what it decodes to, more text before less. In order of place.
 */
export function settle(found: readonly Detection[]): Detection[] {
  if (found.length < 2) return [...found];
  const kept: Detection[] = [];
  for (const detection of found.toSorted(moreSpecificFirst)) {
    if (!kept.some((other) => samePlace(other, detection))) kept.push(detection);
  }
  return kept.toSorted(inOrder);
}

function moreSpecificFirst(a: Detection, b: Detection): number {
  return (
    Number(a.rule.facts.generic) - Number(b.rule.facts.generic) ||
    confidenceRank(confidenceOf(b)) - confidenceRank(confidenceOf(a)) ||
    a.depth - b.depth ||
    length(b) - length(a) ||
    severityRank(b.rule.facts.severity) - severityRank(a.rule.facts.severity) ||
    order(a.rule.id, b.rule.id) ||
    inOrder(a, b)
  );
}

const length = ({ secret }: Detection): number => secret.end - secret.start;
const inOrder = (a: Detection, b: Detection): number =>
  a.secret.start - b.secret.start || a.secret.end - b.secret.end || order(a.rule.id, b.rule.id);

/** Secrets that share at least half of the shorter one are one secret, seen by two rules. */
export function samePlace(a: Detection, b: Detection): boolean {
  const shared = Math.min(a.secret.end, b.secret.end) - Math.max(a.secret.start, b.secret.start);
  return shared > 0 && shared * 2 >= Math.min(length(a), length(b));
}
