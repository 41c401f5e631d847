import { z } from 'zod';
import type { JsonObject, Statement, Subject } from '#core/statement.ts';
import { createStatement, text, timestamp } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

export const deploymentSchema = z.looseObject({
  environment: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  action: z.enum(['deployed', 'rolled-back', 'failed', 'removed']),
  startedOn: timestamp,
  finishedOn: timestamp,
  /** How it got there: `folder`, `process`, `container`, `kubernetes`. */
  kind: text.optional(),
  /** What ran there before, as digests by algorithm. */
  replaced: z.record(z.string(), z.string()).optional(),
  /** Why it failed or was rolled back. */
  reason: z.string().max(4_000).optional(),
  /** What the gate of the environment said. */
  verdict: z.enum(['pass', 'refused', 'incomplete']).optional(),
});

export type Deployment = z.input<typeof deploymentSchema>;

/** That `subject` went into an environment, or failed to. */
export const deploymentStatement = (subject: readonly Subject[], deployment: Deployment): Statement =>
  createStatement(subject, PREDICATE.deployment, deploymentSchema.parse(deployment) as JsonObject);

/** That whoever signs stands for `subject`, and no more. */
export const signatureStatement = (subject: readonly Subject[], signedOn: Date): Statement =>
  createStatement(subject, PREDICATE.signature, { signedOn: signedOn.toISOString() });
