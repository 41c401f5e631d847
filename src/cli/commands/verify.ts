import { repositoryOf } from '#app/repository.ts';
import { type Verification, type VerifyRequest, verifyArtifact } from '#app/verifying.ts';
import { SluiceError } from '#core/error.ts';
import type { EvidenceFacts } from '#core/evidence.ts';
import { EXIT } from '#core/verdict.ts';
import { print } from '../output.ts';

interface Options {
  readonly bundle?: string;
  readonly key?: string;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly trustedRoot?: string;
  readonly type?: string;
  readonly policy?: string;
  readonly environment?: string;
  readonly json?: boolean;
}

export async function run(path: string, options: Options): Promise<number> {
  const verification = verifyArtifact(path, requestOf(options));
  await print(options.json === true ? jsonOf(path, verification) : textOf(path, verification));
  return EXIT[verification.outcome];
}

function requestOf(options: Options): VerifyRequest {
  const { certificateIdentity: subject, certificateOidcIssuer: issuer } = options;
  if ((subject === undefined) !== (issuer === undefined)) {
    const hint = 'Who says who somebody is matters as much as who they are.';
    const message = '--certificate-identity and --certificate-oidc-issuer go together';
    throw new SluiceError('identity-incomplete', message, { hint });
  }
  const { bundle, key, trustedRoot, type, policy, environment } = options;
  const given = Object.entries({ bundle, key, trustedRoot, type, policy, environment });
  return {
    repository: repositoryOf(process.cwd()),
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    ...(subject === undefined || issuer === undefined ? {} : { identity: { subject, issuer } }),
  };
}

function jsonOf(path: string, { outcome, artifact, facts, signer, type, reasons }: Verification): string {
  const { kind, digest } = artifact;
  const answer = { version: 1, outcome, artifact: { path, kind, digest }, signer, type, evidence: facts, reasons };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

function textOf(path: string, { outcome, artifact, facts, reasons }: Verification): string {
  const [digest] = Object.entries(artifact.digest).map(([algorithm, value]) => `${algorithm}:${value}`);
  const rejected = facts.rejected
    .filter(({ reason }) => !reasons.includes(reason))
    .map(({ entry, reason }) => `  entry ${entry} does not count: ${reason}`);
  const lines = [
    `${path}  ${digest}`,
    ...proven(facts).map((line) => `  ${line}`),
    ...rejected,
    outcome === 'pass' ? 'pass' : `refused: ${reasons.join('; ')}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What is proven, a line each; nothing of what is not. */
function proven({ provenance, tests, scan, sbom, release, approvals, reviews, signedBy }: EvidenceFacts): string[] {
  const day = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return [
    ...(signedBy.length === 0 ? [] : [`signed by ${signedBy.join(', ')}`]),
    ...(provenance.present ? [`built by ${provenance.builder}, ${day(provenance.at)}`] : []),
    ...(provenance.revision === '' ? [] : [sourceOf(provenance)]),
    ...(provenance.unsandboxed ? ['by steps that nothing kept apart from the machine'] : []),
    ...(provenance.untrusted ? ['with code from outside: a pull request of a fork'] : []),
    ...(tests.present ? [`tests ${tests.passed ? 'passed' : `failed (${tests.failed})`}, ${day(tests.at)}`] : []),
    ...(scan.present ? [`scan ${scan.verdict}, ${scan.findings} open findings, ${day(scan.at)}`] : []),
    ...(sbom.present ? [`SBOM ${sbom.format}, ${sbom.components} components`] : []),
    ...(release.present ? [`released as ${release.purl}`] : []),
    ...reviews.map(({ by, result }) => `review by ${by}: ${result}`),
    ...approvals.map(({ by, environment, at }) => `approved for ${environment} by ${by}, ${day(at)}`),
  ];
}

/** A commit alone would say that the artifact can be built from it again. */
const sourceOf = ({ source, revision, sourceChanged }: EvidenceFacts['provenance']): string =>
  `from ${source} at ${revision}${sourceChanged ? ', with changes that are not committed' : ''}`;
