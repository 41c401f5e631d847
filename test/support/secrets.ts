import { createHash, createHmac, generateKeyPairSync } from 'node:crypto';
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

/** A JSON Web Token signed with a key of the seed. */
export function jwt(seed: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: random(seed, 24), admin: true })}`;
  return `${signed}.${createHmac('sha256', random(`${seed} key`, 32))
    .update(signed)
    .digest('base64url')}`;
}

/** A private key as OpenSSL writes it. Made anew each time: node:crypto takes no seed. */
export const privateKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
