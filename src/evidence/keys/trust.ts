import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { keyIdOf } from './private-key.ts';

/** A public key that counts, whose it is, and when. */
export const trustedKeySchema = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whose: shown, and what policies compare `signedBy` with. */
  name: z.string().min(1).max(200),
  /** SubjectPublicKeyInfo as PEM. */
  publicKey: z.string().max(10_000),
  /** What it signs: statements, or checkpoints of ledgers. */
  purpose: z.enum(['evidence', 'ledger']),
  validFrom: z.iso.datetime(),
  /** After it was rotated out: what it signed before still counts, nothing later does. */
  validUntil: z.iso.datetime().optional(),
  /** The private key fell into other hands: nothing that it signed counts, whenever. */
  revoked: z.literal(true).optional(),
});

export type TrustedKey = z.infer<typeof trustedKeySchema>;

export const trustFileSchema = z.strictObject({ version: z.literal(1), keys: z.array(trustedKeySchema).max(10_000) });

/** Whether a key counted at a time; both ends of its validity count. */
export function validAt({ validFrom, validUntil, revoked }: TrustedKey, time: Date): boolean {
  if (revoked === true || time.getTime() < Date.parse(validFrom)) return false;
  return validUntil === undefined || time.getTime() <= Date.parse(validUntil);
}

/**
 * A public key out of a PEM text: ECDSA on P-256, P-384 or P-521, Ed25519, or RSA of 2048 bits and more.
 *
 * @returns `undefined` for what is no such key, a private key among it.
 */
export function readPublicKey(pem: string): KeyObject | undefined {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----') && !pem.includes('-----BEGIN RSA PUBLIC KEY-----')) return undefined;
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return undefined;
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ed25519') return key;
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2_048 ? key : undefined;
  const curves = ['prime256v1', 'secp384r1', 'secp521r1'];
  return type === 'ec' && curves.includes(details?.namedCurve ?? '') ? key : undefined;
}

/** An entry for a public key that a person decided to trust from now on. */
export function trustKey(key: KeyObject, name: string, purpose: TrustedKey['purpose'], validFrom: Date): TrustedKey {
  return {
    keyId: keyIdOf(key),
    name,
    publicKey: key.export({ format: 'pem', type: 'spki' }) as string,
    purpose,
    validFrom: validFrom.toISOString(),
  };
}
