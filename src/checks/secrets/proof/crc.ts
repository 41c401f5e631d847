import { crc32 } from 'node:zlib';
import { ALPHABETS } from '../random.ts';
import { toBase } from './text.ts';

/** CRC-32 (ISO 3309, as in zip) in base 62 with digits before upper before lower case, six characters: GitHub's and npm's. */
export const crc32Base62 = (text: string): string =>
  toBase(crc32(text), ALPHABETS.digits + ALPHABETS.upper + ALPHABETS.lower, 6);

/** CRC-32 in base 36, seven characters: GitLab's. */
export const crc32Base36 = (text: string): string => toBase(crc32(text), ALPHABETS.digits + ALPHABETS.lower, 7);

/** CRC-32 as eight lower-case hexadecimal digits, most significant byte first. */
export const crc32Hex = (text: string): string => crc32(text).toString(16).padStart(8, '0');

/** CRC-32 as hexadecimal digits, least significant byte first: Grafana's. */
export const crc32LittleEndianHex = (text: string): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(text));
  return bytes.toString('hex');
};

/** CRC-24 as OpenPGP armor has it (RFC 9580 section 6.1.1). */
export function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ ((crc & 0x800000) !== 0 ? 0x1864cfb : 0);
  }
  return crc & 0xffffff;
}
