import { ALPHABETS, randomText } from '../random.ts';
import { crc32Hex } from './crc.ts';
import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';

/** `ATATT3…=` and `ATCTT3…=` tokens end in the CRC-32 of everything before the equals sign, in upper-case hexadecimal. */
export function prove(secret: string): Proof {
  const equals = secret.lastIndexOf('=');
  if (equals === -1) return unknown('there is no checksum to compare');
  return crc32Hex(secret.slice(0, equals)).toUpperCase() === secret.slice(equals + 1)
    ? proven('the CRC-32 checksum matches')
    : refuted('the CRC-32 checksum does not match');
}

/** The argument is the prefix: `ATATT3` (the default) for people, `ATCTT3` for repositories and service accounts. */
export function generate(random: Random, prefix = 'ATATT3'): string {
  const text = `${prefix}xFfGF0${randomText(random, ALPHABETS.base64url, 171)}`;
  return `${text}=${crc32Hex(text).toUpperCase()}`;
}
