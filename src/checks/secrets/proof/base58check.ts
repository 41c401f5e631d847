import { createHash } from 'node:crypto';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { randomBytes } from './text.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** The longest thing of this format, an extended key, has 111 characters. */
const LONGEST = 120;

/** Bitcoin's private keys end in the first four bytes of a doubled SHA-256 (BIP 32, BIP 38, wallet import format). */
export function prove(secret: string): Proof {
  const bytes = decode(secret);
  return bytes !== undefined && bytes.length > 4 && checksum(bytes.subarray(0, -4)).equals(bytes.subarray(-4))
    ? proven('the Base58Check checksum matches')
    : refuted('the Base58Check checksum does not match');
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
const checksum = (bytes: Uint8Array): Buffer => sha256(sha256(bytes)).subarray(0, 4);

function decode(text: string): Buffer | undefined {
  if (text.length > LONGEST) return undefined;
  let value = 0n;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit === -1) return undefined;
    value = value * 58n + BigInt(digit);
  }
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function encode(bytes: Uint8Array): string {
  let text = '';
  for (let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`); value > 0n; value /= 58n) {
    text = ALPHABET.charAt(Number(value % 58n)) + text;
  }
  return text;
}

/** The argument is `wif` (the default: a private key for a compressed public key) or `xprv` (an extended private key). */
export function generate(random: Random, kind = 'wif'): string {
  const body =
    kind === 'xprv'
      ? Buffer.concat([
          Buffer.from('0488ade4', 'hex'),
          Buffer.alloc(9),
          randomBytes(random, 32),
          Buffer.alloc(1),
          randomBytes(random, 32),
        ])
      : Buffer.concat([Buffer.from([0x80]), randomBytes(random, 32), Buffer.from([1])]);
  return encode(Buffer.concat([body, checksum(body)]));
}
