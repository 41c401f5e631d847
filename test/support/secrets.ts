import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/*
 * Credentials made at test time, so that no file holds one. Deterministic: the same seed, the same value.
 */

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Letters and digits drawn from a hash of the seed. */
export function random(seed: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    const bytes = createHash('sha512').update(`${seed}:${block}`).digest();
    text += [...bytes].map((byte) => ALPHANUMERIC[byte % 62]).join('');
  }
  return text.slice(0, length);
}

/** A GitHub personal access token with a true checksum: 30 characters and the CRC-32 of them in base 62. */
export function githubToken(seed: string): string {
  const body = random(seed, 30);
  let checksum = '';
  for (let rest = crc32(body); checksum.length < 6; rest = Math.floor(rest / 62)) {
    checksum = ALPHANUMERIC.charAt(rest % 62) + checksum;
  }
  return `gh${'p_'}${body}${checksum}`;
}
