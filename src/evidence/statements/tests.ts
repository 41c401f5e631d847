import { z } from 'zod';
import type { JsonObject, ResourceDescriptor, Statement, Subject } from '#core/statement.ts';
import { createStatement, resourceSchema, text, timestamp } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

const names = z.array(z.string().max(1_000)).max(1_000_000).optional();

/** in-toto test result, version 0.1, and when the tests ended. */
export const testResultSchema = z.looseObject({
  result: z.enum(['PASSED', 'WARNED', 'FAILED']),
  /** What was tested with: the workflow file, the configuration of the tests. */
  configuration: z.array(resourceSchema).max(1_000),
  url: text.optional(),
  passedTests: names,
  warnedTests: names,
  failedTests: names,
  sluice_finishedOn: timestamp.optional(),
});

/** The fields of it that we write. */
export interface TestResult {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED';
  readonly configuration: readonly ResourceDescriptor[];
  readonly url?: string;
  readonly passedTests?: readonly string[];
  readonly warnedTests?: readonly string[];
  readonly failedTests?: readonly string[];
  /** RFC 3339, UTC. */
  readonly sluice_finishedOn?: string;
}

/** That `subject` was tested (https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md). */
export const testStatement = (subject: readonly Subject[], result: TestResult): Statement =>
  createStatement(subject, PREDICATE.tests, testResultSchema.parse(result) as JsonObject);
