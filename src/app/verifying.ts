import { createPublicKey } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { systemClock } from '#adapters/clock.ts';
import { SluiceError } from '#core/error.ts';
import { type EvidenceFacts, NO_EVIDENCE, type RejectedEvidence } from '#core/evidence.ts';
import { Refusal } from '#core/refusal.ts';
import type { Outcome } from '#core/verdict.ts';
import { holdToDigest, holdToSubject } from '#evidence/about.ts';
import { parseBundle } from '#evidence/bundle.ts';
import { type ArtifactDigest, digestArtifact } from '#evidence/digest.ts';
import { factsOf } from '#evidence/facts.ts';
import { piecesOf } from '#evidence/file-bytes.ts';
import { readPublicKey, trustKey } from '#evidence/keys/trust.ts';
import { predicateName, predicateType } from '#evidence/statements/parse.ts';
import { type SignedBy, type Trust, type Verified, verifyBundle } from '#evidence/verify.ts';
import { findEnvironment } from './environments.ts';
import { environmentRules, evidenceOf, judgeEvidence } from './evidence-gate.ts';
import { keptAt } from './evidence-log.ts';
import { userFolder } from './home.ts';
import { readRoot, trustOf } from './trust.ts';
import { readUserFile } from './user-file.ts';

/** How an artifact is verified. */
export interface VerifyRequest {
  readonly repository: string;
  /** A bundle of the user's, instead of what the ledger holds. */
  readonly bundle?: string;
  /** A public key (PEM) instead of those that the user trusts. */
  readonly key?: string;
  readonly identity?: { readonly subject: string; readonly issuer: string };
  readonly trustedRoot?: string;
  /** What the statement must be: a name of ours, or the URI of a predicate type. */
  readonly type?: string;
  /** CEL over `evidence` that must hold. */
  readonly policy?: string;
  /** Where it would go: approvals of others do not count, and without a policy its rules are asked. */
  readonly environment?: string;
}

export interface Verification {
  readonly outcome: Outcome;
  readonly artifact: ArtifactDigest;
  /** What is proven, of the ledger or of the one bundle. */
  readonly facts: EvidenceFacts;
  /** Of the one bundle. */
  readonly signer?: SignedBy;
  readonly type?: string;
  readonly reasons: readonly string[];
}

/**
 * Whether there is proof about an artifact, and whether it is enough: in the bundle named, else in the ledger.
 *
 * @throws SluiceError for what the user named and is not there; never for what is wrong with the evidence
 */
export function verifyArtifact(path: string, request: VerifyRequest): Verification {
  const artifact = digestArtifact(path);
  const bundle = request.bundle ?? bundleBeside(path, request);
  return bundle === undefined ? verifyByLedger(artifact, request) : verifyByBundle(path, artifact, bundle, request);
}

/** Whoever names a key or a person means a bundle: the one that came with the artifact. */
function bundleBeside(path: string, { key, identity }: VerifyRequest): string | undefined {
  const file = `${path.replace(/\/+$/, '')}.sigstore.json`;
  return (key !== undefined || identity !== undefined) && existsSync(file) ? file : undefined;
}

function verifyByLedger(artifact: ArtifactDigest, request: VerifyRequest): Verification {
  if (request.key !== undefined || request.identity !== undefined) {
    const hint = 'Trust it first: `sluice evidence key trust FILE --name NAME`.';
    throw new SluiceError('bundle-missing', '--key and --certificate-identity need a --bundle', { hint });
  }
  const { repository, environment } = request;
  const about = environment === undefined ? {} : { environment };
  const facts = evidenceOf({ repository, artifact: artifact.digest, clock: systemClock, ...about });
  const reasons = facts.signedBy.length > 0 ? [] : ['nothing that counts is known about it'];
  // A ledger that is not what was signed may hide what speaks against the artifact.
  const broken = facts.rejected.filter(({ entry }) => entry === -1).map(({ reason }) => reason);
  return conclude(artifact, facts, [...broken, ...reasons], request);
}

function verifyByBundle(path: string, artifact: ArtifactDigest, file: string, request: VerifyRequest): Verification {
  const bytes = Buffer.from(readUserFile(file, 'bundle-not-found'));
  const trust = trustFor(request);
  try {
    const { signer, statement } = verifyOne(path, artifact, bytes, trust, request.repository);
    if (statement === undefined) {
      return { ...conclude(artifact, { ...NO_EVIDENCE, signedBy: [signer.name] }, [], request), signer };
    }
    const at = systemClock.now();
    const facts = factsOf([{ entry: 0, statement, by: signer.name, at }], [], at, request.environment);
    const type = predicateName(statement.predicateType);
    const wanted = request.type === undefined || predicateType(request.type) === statement.predicateType;
    const reasons = wanted ? [] : [`it is about ${type}, not ${request.type}`];
    return { ...conclude(artifact, facts, reasons, request), signer, type };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const rejected: RejectedEvidence[] = [{ entry: -1, type: '', code: error.code, reason: error.message }];
    return { outcome: 'refused', artifact, facts: { ...NO_EVIDENCE, rejected }, reasons: [error.message] };
  }
}

function verifyOne(
  path: string,
  artifact: ArtifactDigest,
  bytes: Uint8Array,
  { trust, sole }: ReturnType<typeof trustFor>,
  repository: string,
): Verified {
  const bundle = parseBundle(bytes);
  const isFile = existsSync(path) && statSync(path).isFile();
  const verify = (time: Date): Verified =>
    verifyBundle(bundle, trust, {
      time,
      ...(isFile ? { artifact: () => piecesOf(path) } : {}),
      ...(sole ? { soleKey: true } : {}),
    });
  const verified = verifyAtItsTime(verify, () => keptAt(repository, bytes));
  if (verified.statement === undefined) holdToDigest(bundle, artifact.digest);
  else holdToSubject(verified.statement, artifact.digest);
  return verified;
}

/** By the time of now; of a key that was rotated out, by the time at which the ledger took the same bundle. */
function verifyAtItsTime(verify: (time: Date) => Verified, kept: () => Date | undefined): Verified {
  try {
    return verify(systemClock.now());
  } catch (error) {
    const time = error instanceof Refusal && error.code === 'key-not-valid' ? kept() : undefined;
    if (time === undefined) throw error;
    return verify(time);
  }
}

/** The key or the identity that the user named, and nobody else; or whom the user trusts. */
function trustFor({ key, identity, trustedRoot }: VerifyRequest): { trust: Trust; sole: boolean } {
  const trusted = trustOf(userFolder());
  const named = trustedRoot === undefined ? trusted.root : readRoot(trustedRoot);
  const root = named === undefined ? {} : { root: named };
  if (key !== undefined) {
    const pem = readUserFile(key, 'key-not-found');
    const object = readPublicKey(pem);
    if (object === undefined) throw new SluiceError('key-invalid', `${key} holds no public key that can be used`);
    const entry = trustKey(createPublicKey(pem), key, 'evidence', new Date(0));
    return { trust: { keys: [entry], identities: [], ...root }, sole: true };
  }
  if (identity === undefined) return { trust: { ...trusted, ...root }, sole: false };
  if (named === undefined) {
    const hint = 'Name it with --trusted-root, or put it into your folder as trusted-root.json.';
    throw new SluiceError('root-missing', 'a certificate needs a trusted root', { hint });
  }
  return { trust: { keys: [], identities: [{ name: identity.subject, ...identity }], ...root }, sole: false };
}

function conclude(
  artifact: ArtifactDigest,
  facts: EvidenceFacts,
  reasons: readonly string[],
  { policy, environment }: VerifyRequest,
): Verification {
  const unmet = policy === undefined || holds(policy, facts) ? [] : [`\`${policy}\` does not hold`];
  const refused = environment === undefined || policy !== undefined ? [] : refusals(environment, facts);
  const all = [...reasons, ...unmet, ...refused];
  return { outcome: all.length === 0 ? 'pass' : 'refused', artifact, facts, reasons: all };
}

/** A rule refuses when it holds; here that is what is wanted. */
const holds = (policy: string, facts: EvidenceFacts): boolean =>
  judgeEvidence(facts, [{ name: 'policy', when: policy }], systemClock.now()).outcome === 'refused';

/** What the environment has against it: what `sluice deploy` would say. */
function refusals(name: string, facts: EvidenceFacts): string[] {
  const { config } = findEnvironment(name, undefined);
  const { reasons } = judgeEvidence(facts, environmentRules(config), systemClock.now());
  return reasons.map(({ rule, message }) => `${rule}: ${message}`);
}
