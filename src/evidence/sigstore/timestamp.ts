import { createHash, randomInt } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { Witness } from '../sign.ts';
import { ask, failed, type Service } from './service.ts';

/** No honest answer is larger. */
const MOST_BYTES = 64 * 1024;
const SEQUENCE = 0x30;

/**
 * Has the time of a signature witnessed by a timestamp authority (RFC 3161, by the JSON of
 * https://github.com/sigstore/timestamp-authority).
 */
export const timestampWitness =
  (authority: Service): Witness =>
  async (bundle) => {
    const request = {
      artifactHash: createHash('sha256').update(signatureOf(bundle)).digest('base64'),
      hashAlgorithm: 'sha256',
      certificates: true,
      nonce: randomInt(1, 2 ** 31),
    };
    const headers = { accept: 'application/timestamp-reply' };
    const { bytes } = await ask(authority, '/api/v1/timestamp', request, headers);
    if (bytes === undefined || bytes[0] !== SEQUENCE || bytes.length > MOST_BYTES) {
      throw failed(authority.url, 'the answer is no timestamp');
    }
    return withTimestamp(bundle, Buffer.from(bytes));
  };

function signatureOf({ content }: Bundle): Buffer {
  if (content.$case === 'messageSignature') return content.messageSignature.signature;
  return content.dsseEnvelope.signatures[0]?.sig ?? Buffer.alloc(0);
}

function withTimestamp(bundle: Bundle, signedTimestamp: Buffer): Bundle {
  const { verificationMaterial: material } = bundle;
  const known = material.timestampVerificationData?.rfc3161Timestamps ?? [];
  const timestampVerificationData = { rfc3161Timestamps: [...known, { signedTimestamp }] };
  return { ...bundle, verificationMaterial: { ...material, timestampVerificationData } };
}
