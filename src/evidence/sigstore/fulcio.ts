import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import type { Signer } from '#core/signer.ts';
import { keyIdOf } from '../keys/private-key.ts';
import { ask, failed, type Service } from './service.ts';

const chain = z.object({ chain: z.object({ certificates: z.array(z.string()).min(1).max(16) }) });
const answerSchema = z.union([
  z.object({ signedCertificateEmbeddedSct: chain }).transform((answer) => answer.signedCertificateEmbeddedSct),
  z.object({ signedCertificateDetachedSct: chain }).transform((answer) => answer.signedCertificateDetachedSct),
]);

/**
 * A signer of one hour: a key that is never stored, and a certificate by Fulcio that says whose it is, for a token of an
 * OpenID Connect issuer (https://github.com/sigstore/fulcio/blob/main/docs/how-certificate-issuing-works.md).
 *
 * @throws SluiceError `token-invalid`, `sigstore-failed`
 */
export async function fulcioSigner(fulcio: Service, token: Secret): Promise<Signer> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = publicKey.export({ format: 'pem', type: 'spki' }) as string;
  const answer = await ask(fulcio, '/api/v2/signingCert', {
    credentials: { oidcIdentityToken: token.reveal() },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: pem },
      proofOfPossession: sign('sha256', Buffer.from(subjectOf(token), 'utf8'), privateKey).toString('base64'),
    },
  });
  const keyId = keyIdOf(publicKey);
  const certificate = leafOf(answer.body, fulcio);
  if (keyIdOf(createPublicKey(certificate.publicKey.export({ format: 'pem', type: 'spki' }))) !== keyId) {
    throw failed(fulcio.url, 'the certificate is of another key');
  }
  return {
    keyId,
    publicKey: pem,
    certificate: certificate.raw,
    sign: async (message) => sign('sha256', message, privateKey),
  };
}

function leafOf(body: string, fulcio: Service): X509Certificate {
  try {
    const [leaf = ''] = answerSchema.parse(JSON.parse(body)).chain.certificates;
    return new X509Certificate(leaf);
  } catch (cause) {
    throw failed(fulcio.url, 'the answer holds no certificate', cause);
  }
}

/** What the certificate will be about, and so what has to be signed to prove that the key is there: the address, else the subject. */
function subjectOf(token: Secret): string {
  const [, payload = ''] = token.reveal().split('.');
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const subject = claims['email'] ?? claims['sub'];
    if (typeof subject === 'string' && subject !== '') return subject;
  } catch {
    // Told below, without a word of the token.
  }
  const hint = 'It must be a token of an OpenID Connect issuer that Fulcio trusts, for the audience `sigstore`.';
  throw new SluiceError('token-invalid', 'the identity token names no subject', { hint });
}
