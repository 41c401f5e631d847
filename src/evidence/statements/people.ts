import { z } from 'zod';
import type { JsonObject, Statement, Subject } from '#core/statement.ts';
import { createStatement, resourceSchema, text, timestamp } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

/**
 * What people say. Who said it is the key that signed, never a name in the statement: `name` is for reading only.
 */
const person = { name: text.optional(), comment: z.string().max(4_000).optional() };

export const reviewSchema = z.looseObject({
  ...person,
  result: z.enum(['approved', 'changes-requested', 'commented']),
  reviewedOn: timestamp,
  /** What was read: the change by its commits. */
  change: z.array(resourceSchema).max(1_000).optional(),
});

export const approvalSchema = z.looseObject({
  ...person,
  /** Where it may go. An approval for one environment is none for another. */
  environment: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  approvedOn: timestamp,
  /** Until when the approval counts. */
  expiresOn: timestamp.optional(),
});

/** That a person read `subject`. */
export const reviewStatement = (subject: readonly Subject[], review: z.input<typeof reviewSchema>): Statement =>
  createStatement(subject, PREDICATE.review, reviewSchema.parse(review) as JsonObject);

/** That a person lets `subject` into an environment. */
export const approvalStatement = (subject: readonly Subject[], approval: z.input<typeof approvalSchema>): Statement =>
  createStatement(subject, PREDICATE.approval, approvalSchema.parse(approval) as JsonObject);
