import {
  BUNDLE_V01_MEDIA_TYPE,
  BUNDLE_V02_MEDIA_TYPE,
  BUNDLE_V03_LEGACY_MEDIA_TYPE,
  BUNDLE_V03_MEDIA_TYPE,
} from '@sigstore/bundle';
import { z } from 'zod';

/**
 * A Sigstore bundle as JSON, strictly: the library that reads it drops what it does not know and decodes base64 however
 * broken, so that two texts would be one bundle. Here an unknown field or a character that means nothing is refused.
 */

const base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'not base64');
const filled = base64.refine((text) => text !== '', 'empty');
const int64 = z.union([z.int().min(0), z.string().regex(/^(?:0|[1-9]\d{0,18})$/)]);
const hashAlgorithm = z.enum(['SHA2_256', 'SHA2_384', 'SHA2_512']);
const certificate = z.strictObject({ rawBytes: filled });

const entry = z.strictObject({
  logIndex: int64.optional(),
  logId: z.strictObject({ keyId: filled }),
  kindVersion: z.strictObject({ kind: z.string(), version: z.string() }),
  integratedTime: int64.optional(),
  inclusionPromise: z.strictObject({ signedEntryTimestamp: filled }).nullish(),
  inclusionProof: z
    .strictObject({
      logIndex: int64.optional(),
      rootHash: filled,
      treeSize: int64,
      hashes: z.array(filled).max(64).optional(),
      checkpoint: z.strictObject({ envelope: z.string() }).optional(),
    })
    .nullish(),
  canonicalizedBody: filled,
});

const verificationMaterial = z.strictObject({
  publicKey: z.strictObject({ hint: z.string().max(1_000).optional(), rawBytes: base64.optional() }).optional(),
  certificate: certificate.optional(),
  x509CertificateChain: z.strictObject({ certificates: z.array(certificate).min(1).max(16) }).optional(),
  tlogEntries: z.array(entry).max(32).optional(),
  timestampVerificationData: z
    .strictObject({
      rfc3161Timestamps: z
        .array(z.strictObject({ signedTimestamp: filled }))
        .max(32)
        .nullish(),
    })
    .nullish(),
});

const envelope = z.strictObject({
  payload: filled,
  payloadType: z.string().min(1).max(1_000),
  // One, because a bundle says who signed only once.
  signatures: z.array(z.strictObject({ sig: filled, keyid: z.string().max(1_000).optional() })).length(1),
});

const messageSignature = z.strictObject({
  messageDigest: z.strictObject({ algorithm: hashAlgorithm, digest: filled }),
  signature: filled,
});

export const bundleSchema = z
  .strictObject({
    mediaType: z.enum([
      BUNDLE_V01_MEDIA_TYPE,
      BUNDLE_V02_MEDIA_TYPE,
      BUNDLE_V03_LEGACY_MEDIA_TYPE,
      BUNDLE_V03_MEDIA_TYPE,
    ]),
    verificationMaterial,
    dsseEnvelope: envelope.optional(),
    messageSignature: messageSignature.optional(),
  })
  .refine(
    ({ dsseEnvelope, messageSignature }) => (dsseEnvelope === undefined) !== (messageSignature === undefined),
    'either an envelope or a message signature',
  )
  .refine(
    ({ verificationMaterial: { publicKey, certificate, x509CertificateChain } }) =>
      [publicKey, certificate, x509CertificateChain].filter((material) => material !== undefined).length === 1,
    'one of a public key, a certificate and a certificate chain',
  );
