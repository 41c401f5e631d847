import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Random } from './proof.ts';
import { randomBytes } from './text.ts';

const MAGIC = 'openssh-key-v1\0';

/** What an OpenSSH private key says of itself (`PROTOCOL.key` of OpenSSH); `undefined` where the structure is broken. */
export function readOpenSsh(bytes: Buffer): { readonly encrypted: boolean } | undefined {
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return undefined;
  const reader = new Reader(bytes, MAGIC.length);
  const cipher = reader.string()?.toString('latin1');
  const kdf = reader.string();
  const options = reader.string();
  const count = reader.number();
  const publicKey = reader.string();
  const secret = reader.string();
  if (cipher === undefined || kdf === undefined || options === undefined || count !== 1) return undefined;
  if (publicKey === undefined || secret === undefined || secret.length < 8) return undefined;
  if (cipher !== 'none') return { encrypted: true };
  // Two equal numbers come first, so that a wrong passphrase is noticed.
  return secret.readUInt32BE(0) === secret.readUInt32BE(4) ? { encrypted: false } : undefined;
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  number(): number | undefined {
    if (this.#at + 4 > this.#bytes.length) return undefined;
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  string(): Buffer | undefined {
    const length = this.number();
    if (length === undefined || this.#at + length > this.#bytes.length) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** PKCS#8 of an Ed25519 key is this and the 32 bytes of the seed (RFC 8410). */
export const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An unencrypted Ed25519 key. */
export function generateOpenSsh(random: Random): Buffer {
  const seed = randomBytes(random, 32);
  const key = createPrivateKey({ key: Buffer.concat([ED25519_PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const point = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const type = field('ssh-ed25519');
  const check = randomBytes(random, 4);
  const secret = [check, check, type, field(point), field(Buffer.concat([seed, point])), field('deploy'), pad(2)];
  return Buffer.concat([
    Buffer.from(MAGIC),
    ...[field('none'), field('none'), field(''), Buffer.from([0, 0, 0, 1])],
    field(Buffer.concat([type, field(point)])),
    field(Buffer.concat(secret)),
  ]);
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const pad = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => index + 1));
