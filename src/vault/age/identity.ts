import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';

/** An X25519 identity: what decrypts a file of age. */
export interface Identity {
  readonly publicKey: Buffer;
  /** The shared secret with an ephemeral key; `undefined` for a point of low order. */
  agree(share: Buffer): Buffer | undefined;
}

const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const PREFIX = 'age-secret-key-';

/**
 * The identities of a file as `age-keygen` writes it: one a line, comments with `#`.
 *
 * @throws SluiceError `identity-invalid`; the message never shows the line.
 */
export function parseIdentities(text: Secret, path: string): Identity[] {
  const identities: Identity[] = [];
  for (const [index, raw] of text.reveal().slice(0, 1_000_000).split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const at = { file: path, line: index + 1 };
    const hint = 'Expected AGE-SECRET-KEY-1…; SSH keys, plugins and post-quantum identities are not supported.';
    const key = decodeBech32(line, PREFIX);
    if (key?.length !== 32)
      throw new SluiceError('identity-invalid', 'this is no X25519 identity of age', { at, hint });
    identities.push(identityOf(key));
    key.fill(0);
  }
  if (identities.length > 0) return identities;
  throw new SluiceError('identity-invalid', 'there is no identity of age in it', { at: { file: path } });
}

function identityOf(raw: Buffer): Identity {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, raw]), format: 'der', type: 'pkcs8' });
  return {
    publicKey: rawPublicKey(createPublicKey(key)),
    agree: (share) => {
      try {
        const publicKey = createPublicKey({ key: Buffer.concat([SPKI, share]), format: 'der', type: 'spki' });
        return diffieHellman({ privateKey: key, publicKey });
      } catch {
        return undefined;
      }
    },
  };
}

const rawPublicKey = (key: KeyObject): Buffer =>
  Buffer.from(key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length));

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Bech32 (BIP 173) without its bound on length; `undefined` where the checksum, the prefix or the padding is wrong. */
export function decodeBech32(text: string, prefix: string): Buffer | undefined {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return undefined;
  if (!lower.startsWith(`${prefix}1`) || lower.length > 1_000) return undefined;
  const values = [...lower.slice(prefix.length + 1)].map((character) => CHARSET.indexOf(character));
  if (values.length < 6 || values.includes(-1)) return undefined;
  const high = [...prefix].map((character) => character.charCodeAt(0) >> 5);
  const low = [...prefix].map((character) => character.charCodeAt(0) & 31);
  if (checksum([...high, 0, ...low, ...values]) !== 1) return undefined;
  return bytesOf(values.slice(0, -6));
}

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of GENERATOR.entries()) if (((top >>> bit) & 1) === 1) sum ^= generator;
  }
  return sum >>> 0;
}

/** Groups of five bits as bytes; what is left over must be fewer than five zeros. */
function bytesOf(values: readonly number[]): Buffer | undefined {
  const bytes: number[] = [];
  let [held, bits] = [0, 0];
  for (const value of values) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >>> bits) & 0xff);
  }
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) return undefined;
  return Buffer.from(bytes);
}
