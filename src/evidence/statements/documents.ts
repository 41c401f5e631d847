import { z } from 'zod';
import type { JsonObject, Statement, Subject } from '#core/statement.ts';
import { createStatement, text } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

/** The part of a CycloneDX document that makes it one. */
export const cyclonedxSchema = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  components: z.array(z.unknown()).optional(),
});

/** Likewise of an SPDX 2 document. */
export const spdxSchema = z.looseObject({
  spdxVersion: z.string().startsWith('SPDX-'),
  packages: z.array(z.unknown()).optional(),
});

/**
 * What `subject` is made of: a CycloneDX or SPDX document, whole, as the predicate.
 *
 * @throws TypeError when it is neither
 */
export function sbomStatement(subject: readonly Subject[], document: JsonObject): Statement {
  if (cyclonedxSchema.safeParse(document).success) return createStatement(subject, PREDICATE.cyclonedx, document);
  if (spdxSchema.safeParse(document).success) return createStatement(subject, PREDICATE.spdx, document);
  throw new TypeError('neither a CycloneDX nor an SPDX document');
}

/** in-toto release, version 0.1. */
export const releaseSchema = z.looseObject({ purl: text, releaseId: text.optional() });

/** That `subject` is what was released under a package URL. */
export const releaseStatement = (subject: readonly Subject[], release: z.input<typeof releaseSchema>): Statement =>
  createStatement(subject, PREDICATE.release, releaseSchema.parse(release) as JsonObject);
