import { z } from 'zod';
import { type EvidenceFacts, NO_EVIDENCE } from '#core/evidence.ts';
import type { Json, ResourceDescriptor } from '#core/statement.ts';
import type { Outcome } from '#core/verdict.ts';
import { canonicalJson } from './json.ts';
import { earliest, latestBy, type Read, type Reader } from './proven.ts';
import { parsePredicate } from './statement.ts';
import { cyclonedxSchema, releaseSchema, spdxSchema } from './statements/documents.ts';
import { PREDICATE } from './statements/predicate-types.ts';
import { provenanceSchema } from './statements/provenance.ts';
import { verificationSchema } from './statements/scan.ts';
import { testResultSchema } from './statements/tests.ts';

export function provenanceOf(read: Reader): EvidenceFacts['provenance'] | undefined {
  const one = read([PREDICATE.provenance], (statement) => parsePredicate(provenanceSchema, statement)).at(-1);
  if (one === undefined) return undefined;
  const { buildDefinition, runDetails } = one.predicate;
  const source = (buildDefinition.resolvedDependencies ?? []).find(isSource) as ResourceDescriptor | undefined;
  return {
    present: true,
    builder: runDetails.builder.id,
    buildType: buildDefinition.buildType,
    invocation: runDetails.metadata?.invocationId ?? '',
    source: source?.uri ?? '',
    revision: source?.digest?.['gitCommit'] ?? '',
    ...saidOfRun(buildDefinition),
    signedBy: one.by,
    at: dated(runDetails.metadata?.finishedOn, one),
  };
}

/** What our own runner says of how it ran; of other builders nothing is known. */
function saidOfRun({ externalParameters, internalParameters }: Parameters) {
  const checked = runSchema.safeParse({ ...externalParameters, ...internalParameters });
  const { event = '', conclusion = '', trusted, sandbox, sourceChanged } = checked.success ? checked.data : {};
  return {
    event,
    conclusion,
    untrusted: trusted === false,
    unsandboxed: sandbox?.isolated === false,
    sourceChanged: sourceChanged === true,
  };
}

interface Parameters {
  readonly externalParameters: object;
  readonly internalParameters?: object | undefined;
}

const runSchema = z.object({
  event: z.string().max(1_000).optional().catch(undefined),
  conclusion: z.string().max(1_000).optional().catch(undefined),
  trusted: z.boolean().optional().catch(undefined),
  sandbox: z.object({ isolated: z.boolean() }).optional().catch(undefined),
  sourceChanged: z.boolean().optional().catch(undefined),
});

const isSource = ({ digest }: { digest?: Readonly<Record<string, string>> | undefined }): boolean =>
  digest?.['gitCommit'] !== undefined;

/** When a statement says that it happened, but never later than the ledger saw it. */
function dated(said: string | undefined, { at }: { readonly at: Date }): Date {
  const time = said === undefined ? Number.NaN : Date.parse(said);
  return Number.isNaN(time) || time > at.getTime() ? at : new Date(time);
}

export function testsOf(read: Reader): EvidenceFacts['tests'] | undefined {
  const all = read([PREDICATE.tests], (statement) => parsePredicate(testResultSchema, statement));
  // What was configured is named, not compared by digest: a workflow that was edited since is still the same workflow.
  const latest = latestBy(all, ({ predicate }) =>
    canonicalJson(predicate.configuration.map(({ name, uri }) => [name ?? '', uri ?? '']) as Json),
  );
  if (latest.length === 0) return undefined;
  const failures = latest.map(({ predicate }) => predicate.failedTests?.length ?? 0);
  return {
    present: true,
    passed: latest.every(({ predicate }) => predicate.result !== 'FAILED'),
    failed: failures.reduce((sum, count) => sum + count, 0),
    signedBy: signersOf(latest),
    at: earliest(latest.map((one) => dated(one.predicate.sluice_finishedOn, one))),
  };
}

const WORST: readonly Outcome[] = ['refused', 'incomplete', 'pass'];

export function scanOf(read: Reader, now: Date): EvidenceFacts['scan'] | undefined {
  const all = read([PREDICATE.verification], (statement) => parsePredicate(verificationSchema, statement)).flatMap(
    (one) => (one.predicate.sluice_scan === undefined ? [] : [{ ...one, scan: one.predicate.sluice_scan }]),
  );
  const latest = latestBy(all, ({ predicate, scan }) => `${predicate.verifier.id} ${scan.families.join(' ')}`);
  if (latest.length === 0) return undefined;
  // `PASSED` and the verdict say the same; where they do not, the worse counts.
  const verdicts = latest.map(({ predicate, scan }) =>
    predicate.verificationResult === 'FAILED' && scan.verdict === 'pass' ? 'refused' : scan.verdict,
  );
  const counts = latest.flatMap(({ scan }) => Object.values(scan.findings));
  return {
    present: true,
    verdict: WORST.find((outcome) => verdicts.includes(outcome)) ?? NO_EVIDENCE.scan.verdict,
    problems: latest.reduce((sum, { scan }) => sum + scan.problems, 0),
    findings: counts.reduce((sum, count) => sum + count, 0),
    signedBy: signersOf(latest),
    at: earliest([now, ...latest.map((one) => dated(one.predicate.timeVerified, one))]),
  };
}

/** One name where all have it; several, sorted, joined by commas. */
const signersOf = (all: readonly Read<unknown>[]): string => [...new Set(all.map(({ by }) => by))].toSorted().join(',');

export function sbomOf(read: Reader): EvidenceFacts['sbom'] | undefined {
  const cyclonedx = read([PREDICATE.cyclonedx], (statement) => parsePredicate(cyclonedxSchema, statement)).map(
    (one) => ({ ...one, format: 'cyclonedx' as const, components: one.predicate.components?.length ?? 0 }),
  );
  const spdx = read([PREDICATE.spdx, `${PREDICATE.spdx}/v2.3`], (statement) => parsePredicate(spdxSchema, statement));
  const all = [
    ...cyclonedx,
    ...spdx.map((one) => ({ ...one, format: 'spdx' as const, components: one.predicate.packages?.length ?? 0 })),
  ];
  const one = all.toSorted((a, b) => a.entry - b.entry).at(-1);
  if (one === undefined) return undefined;
  return { present: true, format: one.format, components: one.components, signedBy: one.by };
}

export function releaseOf(read: Reader): EvidenceFacts['release'] | undefined {
  const one = read([PREDICATE.release], (statement) => parsePredicate(releaseSchema, statement)).at(-1);
  return one === undefined ? undefined : { present: true, purl: one.predicate.purl, signedBy: one.by };
}
