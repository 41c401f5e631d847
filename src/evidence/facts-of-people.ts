import type { EvidenceFacts } from '#core/evidence.ts';
import { latestBy, type Reader } from './proven.ts';
import { parsePredicate } from './statement.ts';
import { deploymentSchema } from './statements/deployment.ts';
import { approvalSchema, reviewSchema } from './statements/people.ts';
import { PREDICATE } from './statements/predicate-types.ts';

/** Who approved: by the key that signed, so that nobody counts twice. */
export function approvalsOf(read: Reader, now: Date, environment: string | undefined): EvidenceFacts['approvals'] {
  const all = read([PREDICATE.approval], (statement) => parsePredicate(approvalSchema, statement));
  return latestBy(all, ({ by, predicate }) => `${predicate.environment} ${by}`)
    .filter(({ predicate }) => environment === undefined || predicate.environment === environment)
    .filter(({ predicate: { expiresOn } }) => expiresOn === undefined || Date.parse(expiresOn) > now.getTime())
    .map(({ by, at, predicate }) => ({ by, environment: predicate.environment, at }));
}

export function reviewsOf(read: Reader): EvidenceFacts['reviews'] {
  const all = read([PREDICATE.review], (statement) => parsePredicate(reviewSchema, statement));
  return latestBy(all, ({ by }) => by).map(({ by, at, predicate }) => ({ by, result: predicate.result, at }));
}

export function deploymentsOf(read: Reader): EvidenceFacts['deployments'] {
  const all = read([PREDICATE.deployment], (statement) => parsePredicate(deploymentSchema, statement));
  return all.map(({ by, at, predicate }) => ({
    by,
    environment: predicate.environment,
    action: predicate.action,
    at,
  }));
}
