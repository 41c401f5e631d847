import { type EvidenceFacts, NO_EVIDENCE } from '#core/evidence.ts';

const TIME = 'google.protobuf.Timestamp';

/** The word `evidence`: what is proven about the artifact that the question is about. */
export const EVIDENCE = {
  provenance: {
    present: 'bool',
    builder: 'string',
    buildType: 'string',
    invocation: 'string',
    source: 'string',
    revision: 'string',
    event: 'string',
    conclusion: 'string',
    untrusted: 'bool',
    unsandboxed: 'bool',
    sourceChanged: 'bool',
    signedBy: 'string',
    at: TIME,
  },
  tests: { present: 'bool', passed: 'bool', failed: 'int', signedBy: 'string', at: TIME },
  scan: { present: 'bool', verdict: 'string', problems: 'int', findings: 'int', signedBy: 'string', at: TIME },
  sbom: { present: 'bool', format: 'string', components: 'int', signedBy: 'string' },
  release: { present: 'bool', purl: 'string', signedBy: 'string' },
  approvals: 'list<Approval>',
  reviews: 'list<Review>',
  deployments: 'list<Deployment>',
  signedBy: 'list<string>',
  rejected: 'list<Rejected>',
} as const;

/** Classes, because CEL tells what is in a list by them. */
class Approval {}
class Review {}
class Deployment {}
class Rejected {}

/** What the lists hold. */
export const EVIDENCE_TYPES = [
  { name: 'Approval', words: Approval, fields: { by: 'string', environment: 'string', at: TIME } },
  { name: 'Review', words: Review, fields: { by: 'string', result: 'string', at: TIME } },
  {
    name: 'Deployment',
    words: Deployment,
    fields: { by: 'string', environment: 'string', action: 'string', at: TIME },
  },
  { name: 'Rejected', words: Rejected, fields: { entry: 'int', type: 'string', code: 'string', reason: 'string' } },
] as const;

/** Every name in it, for suggestions. */
export const EVIDENCE_NAMES: readonly string[] = [
  ...Object.keys(EVIDENCE),
  ...Object.values(EVIDENCE).flatMap((words) => (typeof words === 'string' ? [] : Object.keys(words))),
  ...EVIDENCE_TYPES.flatMap(({ fields }) => Object.keys(fields)),
];

/** Facts as CEL knows values: whole numbers are `int`, and lists are its own to hold. */
export function evidenceWords(facts: EvidenceFacts = NO_EVIDENCE): Record<keyof typeof EVIDENCE, unknown> {
  const { provenance, tests, scan, sbom, release } = facts;
  return {
    provenance,
    tests: { ...tests, failed: BigInt(tests.failed) },
    scan: { ...scan, problems: BigInt(scan.problems), findings: BigInt(scan.findings) },
    sbom: { ...sbom, components: BigInt(sbom.components) },
    release,
    approvals: facts.approvals.map((one) => Object.assign(new Approval(), one)),
    reviews: facts.reviews.map((one) => Object.assign(new Review(), one)),
    deployments: facts.deployments.map((one) => Object.assign(new Deployment(), one)),
    signedBy: [...facts.signedBy],
    rejected: facts.rejected.map((one) => Object.assign(new Rejected(), one, { entry: BigInt(one.entry) })),
  };
}
