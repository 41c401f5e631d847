import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import type { Signer } from '#core/signer.ts';

export const ALGORITHMS = ['ecdsa-p256', 'ed25519'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** argon2id (RFC 9106, second recommended set), each bounded so that a forged file cannot take the machine. */
const KDF = { memoryKiB: 64 * 1024, passes: 3, lanes: 4 } as const;
const base64 = z.base64();

/** A private key in a file: PKCS #8 as it is, or under a passphrase. */
export const keyFileSchema = z.strictObject({
  version: z.literal(1),
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  algorithm: z.enum(ALGORITHMS),
  createdAt: z.iso.datetime(),
  privateKey: z.union([
    z.strictObject({ pkcs8: base64 }),
    z.strictObject({
      kdf: z.literal('argon2id'),
      memoryKiB: z
        .int()
        .min(8)
        .max(1024 * 1024),
      passes: z.int().min(1).max(16),
      lanes: z.int().min(1).max(16),
      salt: base64,
      iv: base64,
      /** PKCS #8 under AES-256-GCM, and its tag of 16 bytes. */
      sealed: base64,
    }),
  ]),
});

export type KeyFile = z.infer<typeof keyFileSchema>;

/** SHA-256 of the SubjectPublicKeyInfo, hexadecimal. */
export const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('hex');

/** Makes a new key; with a passphrase, what is stored is worth nothing without it. */
export async function generateKey(algorithm: Algorithm, createdAt: Date, passphrase?: Secret): Promise<KeyFile> {
  const { publicKey, privateKey } =
    algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyId = keyIdOf(publicKey);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    version: 1,
    keyId,
    algorithm,
    createdAt: createdAt.toISOString(),
    privateKey: passphrase === undefined ? { pkcs8: pkcs8.toString('base64') } : await seal(pkcs8, passphrase, keyId),
  };
}

async function seal(pkcs8: Buffer, passphrase: Secret, keyId: string): Promise<KeyFile['privateKey']> {
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', await derive(passphrase, salt, KDF), iv);
  cipher.setAAD(Buffer.from(keyId));
  const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
  return {
    kdf: 'argon2id',
    ...KDF,
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    sealed: sealed.toString('base64'),
  };
}

interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

async function derive(passphrase: Secret, salt: Uint8Array, { memoryKiB, passes, lanes }: Cost): Promise<Buffer> {
  const options = { iterations: passes, memorySize: memoryKiB, parallelism: lanes, hashLength: 32 } as const;
  return Buffer.from(await argon2id({ password: passphrase.reveal(), salt, ...options, outputType: 'binary' }));
}

/**
 * The signer that a key file holds. `passphrase` is asked only of a sealed key.
 *
 * @throws SluiceError `passphrase-wrong`; `key-invalid` when the file does not hold the key that it names
 */
export async function openKey(file: KeyFile, passphrase: () => Promise<Secret>): Promise<Signer> {
  const pkcs8 = await unseal(file, passphrase);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new SluiceError('key-invalid', 'the key file holds no private key', { cause });
  }
  const publicKey = createPublicKey(privateKey);
  if (keyIdOf(publicKey) !== file.keyId) throw new SluiceError('key-invalid', 'the key file holds another key');
  return signerOf(privateKey, file.keyId, publicKey.export({ format: 'pem', type: 'spki' }) as string);
}

async function unseal({ privateKey, keyId }: KeyFile, passphrase: () => Promise<Secret>): Promise<Buffer> {
  if ('pkcs8' in privateKey) return Buffer.from(privateKey.pkcs8, 'base64');
  const key = await derive(await passphrase(), Buffer.from(privateKey.salt, 'base64'), privateKey);
  const sealed = Buffer.from(privateKey.sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(privateKey.iv, 'base64'), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(keyId));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch (cause) {
    const hint = 'Set SLUICE_KEY_PASSPHRASE to the passphrase the key was made with.';
    throw new SluiceError('passphrase-wrong', 'the passphrase does not open the key', { hint, cause });
  }
}

function signerOf(privateKey: KeyObject, keyId: string, publicKey: string): Signer {
  const algorithm = privateKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return { keyId, publicKey, sign: async (message) => sign(algorithm, message, privateKey) };
}
