import { generate as generatePrivateKey, prove as provePrivateKey } from './private-key.ts';
import { type Proof, proven, type Random, unknown } from './proof.ts';

/** A Google service account key file: its private key must parse. Without one, the text is only a kind of account. */
export function prove(secret: string, match: string): Proof {
  if (!secret.includes('-----BEGIN')) return unknown('the private key of the account is not beside it');
  const key = provePrivateKey(secret, match);
  return key.outcome === 'proven' ? proven('the private key of the account parses') : key;
}

/** The private key as it stands in the file, on one line. */
export const generate = (random: Random): string => generatePrivateKey(random, 'escaped');
