import {
  createCipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  scryptSync,
} from 'node:crypto';
import { Secret } from '#core/secret.ts';
import type { DurableFile } from '#core/secret-source.ts';
import type { MasterKeys } from './master.ts';

/** A file in memory. */
export function memoryFile(path: string, content?: Buffer): DurableFile & { content: Buffer | undefined } {
  const file = {
    path,
    content,
    read: () => file.content,
    change: async (edit: (content: Buffer | undefined) => Promise<Uint8Array>) => {
      file.content = Buffer.from(await edit(file.content));
    },
  };
  return file;
}

/** Master keys in memory; the passphrase is the same until a test changes it. */
export function memoryKeys(): MasterKeys & { files: Map<string, ReturnType<typeof memoryFile>>; secret: string } {
  const files = new Map<string, ReturnType<typeof memoryFile>>();
  const keys = {
    files,
    secret: ['correct', 'horse', 'battery'].join('-'),
    keyFile: (store: string) => {
      const file = files.get(store) ?? memoryFile(`${store}.json`);
      files.set(store, file);
      return file;
    },
    passphrase: async () => new Secret(keys.secret),
  };
  return keys;
}

const unpadded = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');
const hkdf = (key: Buffer, salt: Buffer, info: string): Buffer => Buffer.from(hkdfSync('sha256', key, salt, info, 32));

function chacha(key: Buffer, nonce: Buffer, plaintext: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The other half of the age format, so that tests need no program. */
export function encryptAge(
  plaintext: Buffer,
  to: { readonly recipient: Buffer } | { readonly passphrase: string },
): Buffer {
  const fileKey = randomBytes(16);
  const wrap = (key: Buffer): string => unpadded(chacha(key, Buffer.alloc(12), fileKey));
  let stanza: string;
  if ('recipient' in to) {
    const { privateKey, publicKey } = generateKeyPairSync('x25519');
    const share = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    const spki = Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), to.recipient]);
    const shared = diffieHellman({
      privateKey,
      publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    });
    const key = hkdf(shared, Buffer.concat([share, to.recipient]), 'age-encryption.org/v1/X25519');
    stanza = `-> X25519 ${unpadded(share)}\n${wrap(key)}\n`;
  } else {
    const salt = randomBytes(16);
    const full = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt]);
    stanza = `-> scrypt ${unpadded(salt)} 10\n${wrap(scryptSync(to.passphrase, full, 32, { N: 1_024, r: 8, p: 1 }))}\n`;
  }
  const header = `age-encryption.org/v1\n${stanza}---`;
  const mac = createHmac('sha256', hkdf(fileKey, Buffer.alloc(0), 'header'))
    .update(header)
    .digest();
  const nonce = randomBytes(16);
  const payload: Buffer[] = [Buffer.from(`${header} ${unpadded(mac)}\n`), nonce];
  for (let at = 0, counter = 0; at === 0 || at < plaintext.length; at += 65_536, counter += 1) {
    const each = Buffer.alloc(12);
    each.writeUInt32BE(counter, 7);
    if (at + 65_536 >= plaintext.length) each[11] = 1;
    payload.push(chacha(hkdf(fileKey, nonce, 'payload'), each, plaintext.subarray(at, at + 65_536)));
  }
  return Buffer.concat(payload);
}

export const armour = (bytes: Buffer): string =>
  `-----BEGIN AGE ENCRYPTED FILE-----\n${bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END AGE ENCRYPTED FILE-----\n`;

/** A flat file as sops writes it. */
export function encryptSops(values: Readonly<Record<string, string>>, recipient: Buffer): string {
  const key = randomBytes(32);
  const lastmodified = '2026-01-02T03:04:05Z';
  const sealed = (text: string, context: string): string => {
    const iv = randomBytes(32);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    cipher.setAAD(Buffer.from(context));
    const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const parts = { data, iv, tag: cipher.getAuthTag() };
    const shown = Object.entries(parts).map(([name, bytes]) => `${name}:${bytes.toString('base64')}`);
    return `ENC[AES256_GCM,${shown.join(',')},type:str]`;
  };
  const hash = createHash('sha512');
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    hash.update(value);
    body[name] = sealed(value, `${name}:`);
  }
  const mac = sealed(hash.digest('hex').toUpperCase(), lastmodified);
  const enc = armour(encryptAge(key, { recipient }));
  return JSON.stringify({ ...body, sops: { age: [{ enc }], lastmodified, mac, version: '3.13.3' } }, null, 2);
}

const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** An identity as `age-keygen` writes it, and its raw public key. */
export function makeIdentity(): { readonly text: string; readonly recipient: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(16);
  const recipient = publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
  return { text: encodeBech32('age-secret-key-', raw).toUpperCase(), recipient };
}

/** Bech32 (BIP 173), written apart from what reads it. */
export function encodeBech32(prefix: string, bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = (bits.match(/.{1,5}/g) ?? []).map((group) => Number.parseInt(group.padEnd(5, '0'), 2));
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const expanded = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
  const sum = polymod([...expanded, ...groups, 0, 0, 0, 0, 0, 0]) ^ 1n;
  const check = Array.from({ length: 6 }, (_, index) => Number((sum >> BigInt(5 * (5 - index))) & 31n));
  return `${prefix}1${[...groups, ...check].map((value) => CHARSET[value]).join('')}`;
}

function polymod(values: readonly number[]): bigint {
  const generators = [0x3b6a57b2n, 0x26508e6dn, 0x1ea119fan, 0x3d4233ddn, 0x2a1462b3n];
  let sum = 1n;
  for (const value of values) {
    const top = sum >> 25n;
    sum = ((sum & 0x1ffffffn) << 5n) ^ BigInt(value);
    for (const [index, generator] of generators.entries()) if (((top >> BigInt(index)) & 1n) === 1n) sum ^= generator;
  }
  return sum;
}
