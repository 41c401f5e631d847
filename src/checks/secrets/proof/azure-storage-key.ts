import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, randomBytes } from './text.ts';

/** Keys of storage accounts, Cosmos DB and Batch are 64 random bytes in canonical base64: 86 characters and `==`. */
export function prove(secret: string): Proof {
  const bytes = decodeBase64(secret);
  if (bytes?.length !== 64 || bytes.toString('base64') !== secret)
    return refuted('the value is not base64 of 64 bytes');
  return new Set(bytes).size >= 32
    ? proven('the value is base64 of 64 varied bytes')
    : refuted('the value decodes to bytes that repeat');
}

export const generate = (random: Random): string => randomBytes(random, 64).toString('base64');
