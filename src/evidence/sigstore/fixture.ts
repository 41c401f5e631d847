import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import {
  fulcioHandler,
  type HandlerFn,
  initializeCA,
  initializeCTLog,
  initializeTLog,
  initializeTSA,
  rekorHandler,
  tsaHandler,
} from '@sigstore/mock';
import type { HttpAnswer } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';

/** The services of a Sigstore of one's own, without a network. */
export interface MockSigstore {
  /** Answers a request to Fulcio, Rekor or the timestamp authority, by the path of its URL; `undefined` for another path. */
  readonly answer: (path: string, body: string) => Promise<HttpAnswer | undefined>;
  /** Its `trusted_root.json`. */
  readonly root: string;
}

const pair = (): { publicKey: KeyObject; privateKey: KeyObject } => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const base64 = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
const START = '2020-01-01T00:00:00Z';
const SHA256_ECDSA = { hashAlgorithm: 'SHA2_256', keyDetails: 'PKIX_ECDSA_P256_SHA_256' };

/** `rekorUrl` stands in the checkpoints of the log. */
export async function mockSigstore(rekorUrl = 'https://rekor.example'): Promise<MockSigstore> {
  // A whole second: the library cannot read fractions of two digits, which DER asks for where the third is a zero. And a
  // little ahead: the mock dates its authorities when it makes them, which must not be after what they sign.
  const clock = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 30_000);
  const ctlog = await initializeCTLog(pair());
  const ca = await initializeCA(pair(), ctlog, clock);
  const tlog = await initializeTLog(rekorUrl, pair(), clock);
  const tsa = await initializeTSA(pair(), clock);
  const rekor = rekorHandler(tlog);
  const handlers: Readonly<Record<string, HandlerFn>> = {
    '/api/v2/signingCert': fulcioHandler(ca).fn,
    [rekor.path]: async (body) => await rekor.fn(asRekorKeeps(body)),
    '/api/v1/timestamp': tsaHandler(tsa).fn,
  };
  const { hashAlgorithm, keyDetails } = SHA256_ECDSA;
  const logOf = (publicKey: Uint8Array, keyId: string, baseUrl: string): object => ({
    baseUrl,
    hashAlgorithm,
    publicKey: { rawBytes: base64(publicKey), keyDetails, validFor: { start: START } },
    logId: { keyId },
  });
  const authorityOf = (...certificates: ArrayBufferView[]): object => ({
    certChain: { certificates: certificates.map((certificate) => ({ rawBytes: base64(certificate) })) },
    validFor: { start: START },
  });
  const logId = createHash('sha256').update(tlog.publicKey).digest('base64');
  const root = JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [logOf(tlog.publicKey, logId, rekorUrl)],
    ctlogs: [logOf(ctlog.publicKey, base64(ctlog.logID), 'https://ct.example')],
    certificateAuthorities: [authorityOf(ca.rootCertificate)],
    timestampAuthorities: [authorityOf(tsa.intCertificate, tsa.rootCertificate)],
  });
  return { root, answer: async (path, body) => await answered(handlers[path], body) };
}

async function answered(handler: HandlerFn | undefined, body: string): Promise<HttpAnswer | undefined> {
  if (handler === undefined) return undefined;
  const { statusCode, response } = await handler(body);
  const bytes = typeof response === 'string' ? Buffer.from(response) : Buffer.from(base64(response), 'base64');
  return { status: statusCode, headers: {}, body: bytes.toString('utf8'), bytes };
}

/** Of a proposed envelope a real log keeps the digests, the signature and who signed; the mock keeps what it is given. */
function asRekorKeeps(body: string): string {
  const { apiVersion, kind, spec } = JSON.parse(body) as {
    apiVersion: string;
    kind: string;
    spec: { proposedContent: { envelope: string; verifiers: [string] } };
  };
  const { envelope, verifiers } = spec.proposedContent;
  const { payload, signatures } = JSON.parse(envelope) as { payload: string; signatures: [{ sig: string }] };
  const sha256 = (bytes: Uint8Array | string) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  });
  const kept = {
    envelopeHash: sha256(envelope),
    payloadHash: sha256(Buffer.from(payload, 'base64')),
    signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
  };
  return JSON.stringify({ apiVersion, kind, spec: kept });
}

/** An identity token that nobody signed. */
export const tokenFor = (claims: object): Secret =>
  new Secret(
    ['{"alg":"none"}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.'),
  );
