import type { z } from 'zod';
import type { JsonObject, Statement, Subject } from '#core/statement.ts';
import { createStatement, parsePredicate } from '../statement.ts';
import { deploymentSchema } from './deployment.ts';
import { cyclonedxSchema, releaseSchema, spdxSchema } from './documents.ts';
import { approvalSchema, reviewSchema } from './people.ts';
import { PREDICATE, type PredicateName } from './predicate-types.ts';
import { provenanceSchema } from './provenance.ts';
import { verificationSchema } from './scan.ts';
import { testResultSchema } from './tests.ts';

const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  [PREDICATE.provenance]: provenanceSchema,
  [PREDICATE.tests]: testResultSchema,
  [PREDICATE.verification]: verificationSchema,
  [PREDICATE.cyclonedx]: cyclonedxSchema,
  [PREDICATE.spdx]: spdxSchema,
  [PREDICATE.release]: releaseSchema,
  [PREDICATE.review]: reviewSchema,
  [PREDICATE.approval]: approvalSchema,
  [PREDICATE.deployment]: deploymentSchema,
};

/** The URI of a predicate type, by its name here or as it is. */
export const predicateType = (name: string): string =>
  Object.hasOwn(PREDICATE, name) ? PREDICATE[name as PredicateName] : name;

/** Its name here, for people; the URI where it has none. */
export const predicateName = (type: string): string =>
  Object.entries(PREDICATE).find(([, uri]) => uri === type)?.[0] ?? type;

/**
 * A statement about a predicate that somebody wrote: of a type that we know, it must have its shape.
 *
 * @throws Refusal `predicate-invalid`
 */
export function statementAbout(subject: readonly Subject[], type: string, predicate: JsonObject): Statement {
  const statement = createStatement(subject, predicateType(type), predicate);
  const schema = SCHEMAS[statement.predicateType];
  if (schema !== undefined) parsePredicate(schema, statement);
  return statement;
}
