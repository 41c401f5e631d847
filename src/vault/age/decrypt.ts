import { createDecipheriv, createHmac, hkdfSync, scryptSync, timingSafeEqual } from 'node:crypto';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import { type AgeHeader, base64Of, invalid, parseHeader, type Stanza, withoutArmour } from './format.ts';
import type { Identity } from './identity.ts';

/** What opens a file: identities, or a passphrase. */
export interface AgeKeys {
  readonly identities?: readonly Identity[];
  readonly passphrase?: Secret;
}

const FILE_KEY = 16;
const TAG = 16;
const NONCE = 16;
const CHUNK = 64 * 1024;
/** Takes 256 MiB of memory; a file may not ask for more than four times that. */
const MAX_WORK_FACTOR = 20;
const ZERO_NONCE = Buffer.alloc(12);

/**
 * Decrypts a file of age, armoured or not (https://age-encryption.org/v1): X25519 and scrypt recipients.
 *
 * @throws SluiceError `age-invalid` for what is no such file, `age-no-identity` where no key fits, `age-tampered` for a changed one
 */
export function decryptAge(file: Buffer, keys: AgeKeys): Buffer {
  const header = parseHeader(withoutArmour(file));
  const fileKey = fileKeyOf(header.stanzas, keys);
  if (fileKey === undefined) {
    const hint = 'It was encrypted for others, or with another passphrase.';
    throw new SluiceError('age-no-identity', 'no identity that is here can decrypt the file', { hint });
  }
  const mac = createHmac('sha256', hkdf(fileKey, '', 'header'))
    .update(header.authenticated)
    .digest();
  if (header.mac.length !== mac.length || !timingSafeEqual(mac, header.mac)) throw tampered();
  return payloadOf(header, fileKey);
}

function fileKeyOf(stanzas: readonly Stanza[], { identities = [], passphrase }: AgeKeys): Buffer | undefined {
  if (stanzas.some(({ type }) => type === 'scrypt')) {
    // With other recipients beside it, whoever knows the passphrase would not be the only one to have made the file.
    const [only] = stanzas;
    if (only === undefined || stanzas.length > 1) throw invalid('a passphrase must be its only recipient');
    return passphrase === undefined ? undefined : fromPassphrase(only, passphrase);
  }
  for (const stanza of stanzas) {
    if (stanza.type !== 'X25519') continue;
    const [share, ...more] = stanza.args.map(base64Of);
    if (share?.length !== 32 || more.length > 0) throw invalid('a recipient of it is malformed');
    if (stanza.body.length !== FILE_KEY + TAG) throw invalid('the key for a recipient is malformed');
    for (const identity of identities) {
      const shared = identity.agree(share);
      if (shared === undefined) throw invalid('a recipient of it is malformed');
      const salt = Buffer.concat([share, identity.publicKey]);
      const key = open(hkdf(shared, salt, 'age-encryption.org/v1/X25519'), ZERO_NONCE, stanza.body);
      if (key !== undefined) return key;
    }
  }
  return undefined;
}

function fromPassphrase({ args, body }: Stanza, passphrase: Secret): Buffer | undefined {
  const [salt, factor, ...more] = args;
  const isWellFormed = salt !== undefined && factor !== undefined && /^[1-9]\d?$/.test(factor) && more.length === 0;
  if (!isWellFormed || body.length !== FILE_KEY + TAG) throw invalid('its passphrase is malformed');
  if (Number(factor) > MAX_WORK_FACTOR) throw invalid('its passphrase asks for too much work');
  const saltBytes = base64Of(salt);
  if (saltBytes.length !== 16) throw invalid('its passphrase is malformed');
  const full = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), saltBytes]);
  const cost = 2 ** Number(factor);
  const key = scryptSync(passphrase.reveal(), full, 32, { N: cost, r: 8, p: 1, maxmem: cost * 1_024 + 2 ** 20 });
  return open(key, ZERO_NONCE, body);
}

/** STREAM: chunks of 64 KiB, each sealed with its number and with whether it is the last. */
function payloadOf({ payload }: AgeHeader, fileKey: Buffer): Buffer {
  if (payload.length < NONCE + TAG) throw invalid('it ends too early');
  const key = hkdf(fileKey, payload.subarray(0, NONCE), 'payload');
  const chunks: Buffer[] = [];
  for (let at = NONCE, counter = 0; at < payload.length; at += CHUNK + TAG, counter += 1) {
    const sealed = payload.subarray(at, at + CHUNK + TAG);
    const last = at + CHUNK + TAG >= payload.length;
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(counter, 7);
    nonce[11] = last ? 1 : 0;
    const chunk = open(key, nonce, sealed);
    if (chunk === undefined || (chunk.length === 0 && counter > 0)) throw tampered();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function open(key: Buffer, nonce: Buffer, sealed: Buffer): Buffer | undefined {
  if (sealed.length < TAG) return undefined;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const hkdf = (key: Buffer, salt: Buffer | string, info: string): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, 32));

const tampered = (): SluiceError => new SluiceError('age-tampered', 'the file was changed after it was encrypted');
