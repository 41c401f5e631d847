import { type EvidenceFacts, NO_EVIDENCE, type RejectedEvidence } from '#core/evidence.ts';
import { order } from '#core/order.ts';
import { Refusal } from '#core/refusal.ts';
import type { Statement } from '#core/statement.ts';
import { provenanceOf, releaseOf, sbomOf, scanOf, testsOf } from './facts-of-builds.ts';
import { approvalsOf, deploymentsOf, reviewsOf } from './facts-of-people.ts';
import type { Proven, Read } from './proven.ts';

/**
 * Statements in the words of policies. Pure: whoever calls it has verified every one of them. A statement whose predicate is
 * not what its type asks for joins the rejected ones.
 */
export function factsOf(
  proven: readonly Proven[],
  rejected: readonly RejectedEvidence[],
  now: Date,
  environment?: string,
): EvidenceFacts {
  const bad: RejectedEvidence[] = [];
  /** Reads the predicates of a type, setting aside those that cannot be read. */
  const read = <T>(types: readonly string[], parse: (statement: Statement) => T): Read<T>[] =>
    proven.flatMap((one) => {
      if (!types.includes(one.statement.predicateType)) return [];
      try {
        return [{ ...one, predicate: parse(one.statement) }];
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const { code, message: reason } = error;
        bad.push({ entry: one.entry, type: one.statement.predicateType, code, reason });
        return [];
      }
    });
  const facts = {
    provenance: provenanceOf(read) ?? NO_EVIDENCE.provenance,
    tests: testsOf(read) ?? NO_EVIDENCE.tests,
    scan: scanOf(read, now) ?? NO_EVIDENCE.scan,
    sbom: sbomOf(read) ?? NO_EVIDENCE.sbom,
    release: releaseOf(read) ?? NO_EVIDENCE.release,
    approvals: approvalsOf(read, now, environment),
    reviews: reviewsOf(read),
    deployments: deploymentsOf(read),
  };
  const unread = new Set(bad.map(({ entry }) => entry));
  const signers = new Set(proven.filter(({ entry }) => !unread.has(entry)).map(({ by }) => by));
  return {
    ...facts,
    signedBy: [...signers].toSorted(order),
    rejected: [...rejected, ...bad].toSorted((a, b) => a.entry - b.entry),
  };
}
