import { createHash, createPublicKey, createVerify, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import {
  type SignedEntity,
  toSignedEntity,
  VerificationError,
  type VerificationPolicy,
  Verifier,
} from '@sigstore/verify';
import { Refusal } from '#core/refusal.ts';
import type { Statement } from '#core/statement.ts';
import { hintOf } from './bundle.ts';
import { preAuthEncoding, statementOf } from './envelope.ts';
import { type TrustedKey, validAt } from './keys/trust.ts';
import { named } from './named.ts';
import type { SigstoreRoot } from './trusted-root.ts';

/** Whose signatures count. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  /** Certificates count where one of these people or workflows holds them. */
  readonly identities: readonly TrustedIdentity[];
  /** Certificate authorities, logs and timestamp authorities; without them no certificate counts. */
  readonly root?: SigstoreRoot;
}

/** A holder of certificates, as their issuer knows it. Both must be equal, not alike. */
export interface TrustedIdentity {
  readonly name: string;
  /** The subject alternative name: an e-mail address, the URI of a workflow. */
  readonly subject: string;
  /** The OpenID Connect issuer. */
  readonly issuer: string;
}

/** Who signed, as a policy compares it: the name of the trusted key or identity. */
export interface SignedBy {
  readonly kind: 'key' | 'certificate';
  readonly name: string;
  /** The id of the key, or the subject of the certificate. */
  readonly id: string;
  readonly issuer?: string;
}

export interface Verified {
  readonly signer: SignedBy;
  /** Absent for a signature of bytes. */
  readonly statement?: Statement;
  /** When it was signed at the latest, where a log or a timestamp authority says so. */
  readonly witnessed?: Date;
}

/** What is known beside the bundle. */
export interface Circumstances {
  /** When the signature is known to have existed: when a ledger took it, or now. */
  readonly time: Date;
  /** The bytes that were signed, for a bundle that signs bytes. Read once more for each look. */
  readonly artifact?: () => Iterable<Uint8Array>;
  /** The one key that the user named: whatever the bundle calls it. */
  readonly soleKey?: true;
}

/**
 * Verifies who signed a bundle. What the statement is about is another question: {@link aboutArtifact}.
 *
 * @throws Refusal with the reason why it does not count
 */
export function verifyBundle(bundle: Bundle, trust: Trust, circumstances: Circumstances): Verified {
  const material = bundle.verificationMaterial.content;
  const signed =
    material.$case === 'publicKey'
      ? byKey(bundle, material.publicKey.hint, trust, circumstances)
      : byCertificate(bundle, trust, circumstances);
  return bundle.content.$case === 'dsseEnvelope' ? { ...signed, statement: statementOf(bundle) } : signed;
}

function byKey(bundle: Bundle, hint: string, { keys, root }: Trust, circumstances: Circumstances): Verified {
  const key = circumstances.soleKey === true ? keys[0] : keys.find((known) => namesOf(known).includes(hint));
  if (key === undefined) throw new Refusal('key-unknown', `nobody trusts the key ${named(hint)} that signed it`);
  if (circumstances.soleKey !== true) holdToKeyId(bundle, key);
  const entity = entityOf(bundle, circumstances.artifact);
  const publicKey = keyObject(key);
  if (!entity.signature.verifySignature(publicKey)) throw wrongSignature();
  const witnessed = root === undefined ? undefined : witnessOf(bundle, entity, root, publicKey);
  if (!validAt(key, witnessed ?? circumstances.time)) {
    const message =
      key.revoked === true ? 'was revoked' : 'is valid at other times, and nothing proves that it was signed then';
    throw new Refusal('key-not-valid', `the key of ${key.name} ${message}`);
  }
  const signer: SignedBy = { kind: 'key', name: key.name, id: key.keyId };
  return witnessed === undefined ? { signer } : { signer, witnessed };
}

/** Reading a key takes as long as checking a signature with it. */
const keyObjects = new WeakMap<TrustedKey, KeyObject>();

function keyObject(key: TrustedKey): KeyObject {
  const known = keyObjects.get(key) ?? createPublicKey(key.publicKey);
  keyObjects.set(key, known);
  return known;
}

/** How bundles and envelopes name a key: the same hash, in base64 or hexadecimal. */
const namesOf = ({ keyId }: TrustedKey): string[] => [hintOf(keyId), keyId];

/** The envelope may name a key too; nothing signs that name, so it must be the same one. */
function holdToKeyId({ content }: Bundle, key: TrustedKey): void {
  if (content.$case !== 'dsseEnvelope') return;
  const { keyid = '' } = content.dsseEnvelope.signatures[0] ?? {};
  if (keyid !== '' && !namesOf(key).includes(keyid)) {
    throw new Refusal('key-unknown', 'the envelope and the bundle name different keys');
  }
}

/** The proofs that came with a signature by key, checked as far as there are any. */
function witnessOf(bundle: Bundle, entity: SignedEntity, root: SigstoreRoot, key: KeyObject): Date | undefined {
  const { tlogEntries } = bundle.verificationMaterial;
  if (tlogEntries.length === 0 && entity.timestamps.length === 0) return undefined;
  const finder = () => ({ publicKey: key, validFor: () => true });
  const thresholds = { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 };
  checked(() => new Verifier(root.material(finder), thresholds).verify(entity));
  return root.latestTime(entity);
}

function byCertificate(bundle: Bundle, { identities, root }: Trust, circumstances: Circumstances): Verified {
  if (root === undefined) {
    throw new Refusal('root-missing', 'a certificate signed it, and no trusted root says whose certificates count');
  }
  root.examine(bundle, circumstances.time);
  const entity = entityOf(bundle, circumstances.artifact);
  const { identity } = checked(() => new Verifier(root.material()).verify(entity));
  const { subjectAlternativeName: subject = '', extensions } = (identity ?? {}) as VerificationPolicy;
  const issuer = extensions?.issuer ?? '';
  const known = identities.find((trusted) => trusted.subject === subject && trusted.issuer === issuer);
  if (known === undefined) {
    throw new Refusal('identity-unknown', `nobody trusts ${named(subject)} of ${named(issuer)}, who signed it`);
  }
  const witnessed = root.latestTime(entity);
  const signer: SignedBy = { kind: 'certificate', name: known.name, id: subject, issuer };
  return witnessed === undefined ? { signer } : { signer, witnessed };
}

/** The library names its reasons by code; its messages quote the bundle. */
function checked<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    const code = cause instanceof VerificationError ? cause.code : 'MALFORMED';
    const known: Readonly<Record<string, [string, string]>> = {
      SIGNATURE_ERROR: ['signature-wrong', 'the signature is not one of these bytes by this key'],
      TIMESTAMP_ERROR: ['timestamp-wrong', 'its timestamps do not prove when it was signed'],
      CERTIFICATE_ERROR: [
        'certificate-wrong',
        'its certificate does not come from a trusted authority, or was not valid',
      ],
    };
    if (code === 'MALFORMED') throw new Refusal('bundle-invalid', 'a part of the bundle cannot be read', cause);
    const [name, message] = known[code] ?? ['log-wrong', 'its entry in the transparency log does not prove it'];
    throw new Refusal(name, message, cause);
  }
}

const wrongSignature = (): Refusal =>
  new Refusal('signature-wrong', 'the signature is not one of these bytes by this key');

type SignatureContent = SignedEntity['signature'];

/** As the library reads a bundle, but with signatures checked here: large artifacts are read in pieces. */
function entityOf(bundle: Bundle, artifact: Circumstances['artifact']): SignedEntity {
  const entity = checked(() => toSignedEntity(bundle, Buffer.alloc(0)));
  const { content } = bundle;
  if (content.$case === 'dsseEnvelope') {
    const { payloadType, payload } = content.dsseEnvelope;
    const encoded = preAuthEncoding(payloadType, payload);
    const signature = withBytes(entity.signature, () => [encoded], 'sha256');
    // Logs record the digest of the payload, or (Rekor 2) of all that was signed.
    const ofAll = createHash('sha256').update(encoded).digest();
    const compareDigest = (digest: Buffer): boolean => signature.compareDigest(digest) || ofAll.equals(digest);
    return { ...entity, signature: { ...signature, compareDigest } };
  }
  if (artifact === undefined)
    throw new Refusal('artifact-needed', 'it signs bytes, and only the file itself can be checked');
  const algorithm = HASHES[content.messageSignature.messageDigest.algorithm] ?? 'sha256';
  return { ...entity, signature: withBytes(entity.signature, artifact, algorithm) };
}

const HASHES: Readonly<Partial<Record<HashAlgorithm, string>>> = {
  [HashAlgorithm.SHA2_256]: 'sha256',
  [HashAlgorithm.SHA2_384]: 'sha384',
  [HashAlgorithm.SHA2_512]: 'sha512',
};

function withBytes(content: SignatureContent, bytes: () => Iterable<Uint8Array>, algorithm: string): SignatureContent {
  const { signature } = content;
  return {
    signature,
    compareDigest: (digest) => content.compareDigest(digest),
    compareSignature: (other) => other.length === signature.length && timingSafeEqual(other, signature),
    verifySignature: (key) => verifies(key, bytes, signature, algorithm),
  };
}

function verifies(key: KeyObject, bytes: () => Iterable<Uint8Array>, signature: Buffer, algorithm: string): boolean {
  // Ed25519 reads its message twice, so it needs it whole.
  if (key.asymmetricKeyType === 'ed25519') return verify(null, whole(bytes), key, signature);
  const ofCurve = HASH_OF_CURVE[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? algorithm;
  return [...new Set([algorithm, ofCurve])].some((hash) => {
    const verifier = createVerify(hash);
    for (const piece of bytes()) verifier.update(piece);
    return verifier.verify(key, signature);
  });
}

/** What Sigstore's newer clients sign with on larger curves; older ones always took SHA-256. */
const HASH_OF_CURVE: Readonly<Record<string, string>> = { secp384r1: 'sha384', secp521r1: 'sha512' };

/** Pieces are overwritten by the next one. */
const whole = (bytes: () => Iterable<Uint8Array>): Buffer =>
  Buffer.concat(Array.from(bytes(), (piece) => Buffer.from(piece)));
