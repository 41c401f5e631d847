import { ALPHABETS, randomText } from '../random.ts';
import { crc32LittleEndianHex } from './crc.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';

/** `glsa_` and 32 characters, then the CRC-32 of both, least significant byte first (Grafana's `satokengen` package). */
export function prove(secret: string): Proof {
  const at = secret.lastIndexOf('_');
  return at > 0 && crc32LittleEndianHex(secret.slice(0, at)) === secret.slice(at + 1).toLowerCase()
    ? proven('the CRC-32 checksum matches')
    : refuted('the CRC-32 checksum does not match');
}

export function generate(random: Random): string {
  const text = `glsa_${randomText(random, ALPHABETS.alnum, 32)}`;
  return `${text}_${crc32LittleEndianHex(text)}`;
}
