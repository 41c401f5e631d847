import { ALPHABETS } from '../random.ts';
import { crc32Base36 } from './crc.ts';
import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';
import { randomBytes, toBase } from './text.ts';

const CRC = 7;
const LENGTH = 2;
const LONGEST = 330;
/** Payload, then either the length alone (first issue of the format) or a version and the length, then the CRC-32. */
const ROUTABLE = /[A-Za-z0-9_-]{27,300}\.(?:[0-9a-z]{2}\.)?[0-9a-z]{9}$/;

/**
 * GitLab's routable tokens: a payload that names organisation, user and cell, its length, and the CRC-32 of everything
 * before, in base 36. Older tokens (20 random characters) carry nothing to check.
 */
export function prove(secret: string): Proof {
  if (!ROUTABLE.test(secret.slice(-LONGEST))) return unknown('a token of the older kind, which carries no checksum');
  return crc32Base36(secret.slice(0, -CRC)) === secret.slice(-CRC)
    ? proven('the CRC-32 checksum of a routable token matches')
    : refuted('the CRC-32 checksum of a routable token does not match');
}

/** The argument is the prefix with its hyphen, `glpat-` by default. */
export function generate(random: Random, prefix = 'glpat-'): string {
  const routing = `o:${toBase(1 + random(9999), ALPHABETS.digits + ALPHABETS.lower, 1)}\nu:${toBase(1 + random(999_999), ALPHABETS.digits + ALPHABETS.lower, 1)}`;
  const bytes = [randomBytes(random, 16), Buffer.from(routing), Buffer.from([routing.length])];
  const payload = Buffer.concat(bytes).toString('base64url');
  const text = `${prefix}${payload}.01.${toBase(payload.length, ALPHABETS.digits + ALPHABETS.lower, LENGTH)}`;
  return text + crc32Base36(text);
}
