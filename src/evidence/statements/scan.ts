import { z } from 'zod';
import type { JsonObject, ResourceDescriptor, Statement, Subject } from '#core/statement.ts';
import type { Verdict } from '#core/verdict.ts';
import { createStatement, resourceSchema, text, timestamp } from '../statement.ts';
import { PREDICATE } from './predicate-types.ts';

const count = z.int().min(0);

/**
 * SLSA verification summary, version 1. Its `PASSED` and `FAILED` are for every reader; what it has no field for stands in
 * fields of ours, prefixed as the specification asks: `incomplete` is not the same as `refused`.
 */
export const verificationSchema = z.looseObject({
  verifier: z.looseObject({ id: text, version: z.record(z.string(), z.string()).optional() }),
  timeVerified: timestamp.optional(),
  resourceUri: z.string(),
  policy: z.looseObject({ uri: text.optional(), digest: z.record(z.string(), z.string()).optional() }),
  inputAttestations: z.array(resourceSchema).optional(),
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(z.string()),
  sluice_scan: z
    .looseObject({
      verdict: z.enum(['pass', 'refused', 'incomplete']),
      families: z.array(z.string()),
      findings: z.record(z.string(), count),
      problems: count,
      reasons: z.array(z.looseObject({ rule: z.string(), outcome: z.string() })),
    })
    .optional(),
});

/** A scan as its statement tells it. Nothing of a finding but how many: a finding quotes what was scanned. */
export interface ScanSummary {
  /** A URI, and the versions of the program and its rules by name. */
  readonly scanner: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  readonly finishedOn: Date;
  /** Where the subject came from: a git URL with its commit, or the name of the file. */
  readonly resource: string;
  /** The policy file, by digest; empty `uri` means the default policy. */
  readonly policy: ResourceDescriptor;
  readonly families: readonly string[];
  /** Open findings by severity. */
  readonly findings: Readonly<Record<string, number>>;
  readonly problems: number;
  readonly verdict: Verdict;
}

/** That `subject` was scanned, and what the gate said (https://slsa.dev/spec/v1.1/verification_summary). */
export function scanStatement(subject: readonly Subject[], scan: ScanSummary): Statement {
  const passed = scan.verdict.outcome === 'pass';
  const predicate: z.input<typeof verificationSchema> = {
    verifier: scan.scanner,
    timeVerified: scan.finishedOn.toISOString(),
    resourceUri: scan.resource,
    policy: { ...scan.policy },
    verificationResult: passed ? 'PASSED' : 'FAILED',
    verifiedLevels: [passed ? 'SLUICE_SCAN_PASSED' : 'FAILED'],
    sluice_scan: {
      verdict: scan.verdict.outcome,
      families: [...scan.families],
      findings: scan.findings,
      problems: scan.problems,
      reasons: scan.verdict.reasons.map(({ rule, outcome }) => ({ rule, outcome })),
    },
  };
  return createStatement(subject, PREDICATE.verification, verificationSchema.parse(predicate) as JsonObject);
}
