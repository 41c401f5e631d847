import { createHash, createPublicKey, verify } from 'node:crypto';
import { Refusal } from '#core/refusal.ts';
import type { Signer } from '#core/signer.ts';
import { named } from '../named.ts';

/**
 * Signed notes and checkpoints as the transparency logs of the field write them (https://c2sp.org/signed-note,
 * https://c2sp.org/tlog-checkpoint), so that their tools and witnesses can read ours.
 */
export interface Checkpoint {
  /** Which ledger. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** Ed25519 among the signature types of signed notes. */
const ED25519 = 1;
const MOST_LENGTH = 64 * 1024;
const ORIGIN = /^[!-*,-~]{1,200}$/;
const HASH = /^[A-Za-z0-9+/]{43}=$/;
const SIGNATURE = /^— (\S{1,200}) ([A-Za-z0-9+/]{4,4096}={0,2})$/;

const textOf = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString('base64')}\n`;

/** The 32 bytes of an Ed25519 public key: the end of its SubjectPublicKeyInfo. */
const rawKey = (pem: string): Buffer => createPublicKey(pem).export({ format: 'der', type: 'spki' }).subarray(-32);

function noteKeyId(name: string, pem: string): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Buffer.from([ED25519]))
    .update(rawKey(pem))
    .digest()
    .subarray(0, 4);
}

/** The public key as `name+hash+base64`: what other verifiers of signed notes are given. `publicKey` is Ed25519. */
export function verifierKey(name: string, publicKey: string): string {
  const key = Buffer.concat([Buffer.from([ED25519]), rawKey(publicKey)]).toString('base64');
  return `${name}+${noteKeyId(name, publicKey).toString('hex')}+${key}`;
}

/** Signs a checkpoint with an Ed25519 key, under the name of its ledger. */
export async function signCheckpoint(checkpoint: Checkpoint, signer: Signer): Promise<string> {
  if (!ORIGIN.test(checkpoint.origin)) throw new TypeError('not the name of a ledger');
  const text = textOf(checkpoint);
  const signature = Buffer.concat([
    noteKeyId(checkpoint.origin, signer.publicKey),
    await signer.sign(Buffer.from(text, 'utf8')),
  ]);
  return `${text}\n— ${checkpoint.origin} ${signature.toString('base64')}\n`;
}

/**
 * Reads a checkpoint without believing it.
 *
 * @throws Refusal `checkpoint-invalid`
 */
export function parseCheckpoint(note: string): Checkpoint {
  if (note.length > MOST_LENGTH) throw invalid('it is too long');
  const [origin = '', size = '', root = '', blank, ...signatures] = note.split('\n');
  if (!ORIGIN.test(origin)) throw invalid('its first line names no ledger');
  if (!/^(?:0|[1-9]\d{0,14})$/.test(size)) throw invalid('its second line is no number of entries');
  if (!HASH.test(root) || !isBase64(root)) throw invalid('its third line is no hash');
  // Other logs may add lines here; ours never does, and a line that we do not know must not pass for signed by us.
  if (blank !== '' || signatures.length < 2 || signatures.at(-1) !== '') throw invalid('it has no signature');
  if (!signatures.slice(0, -1).every((line) => SIGNATURE.test(line))) throw invalid('a line is no signature');
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

/**
 * Reads a checkpoint that one of the keys (PEM, Ed25519) signed.
 *
 * @throws Refusal `checkpoint-invalid`, `checkpoint-untrusted`
 */
export function openCheckpoint(note: string, publicKeys: readonly string[]): Checkpoint {
  const checkpoint = parseCheckpoint(note);
  const text = Buffer.from(textOf(checkpoint), 'utf8');
  const lines = note.split('\n').slice(4, -1);
  const signed = lines.some((line) => {
    const [, name = '', value = ''] = SIGNATURE.exec(line) ?? [];
    const bytes = Buffer.from(value, 'base64');
    return (
      name === checkpoint.origin && isBase64(value) && publicKeys.some((key) => isSignedBy(key, name, bytes, text))
    );
  });
  if (signed) return checkpoint;
  const message = `no key that is trusted for ledgers signed the checkpoint of ${named(checkpoint.origin)}`;
  throw new Refusal('checkpoint-untrusted', message);
}

function isSignedBy(publicKey: string, name: string, signature: Buffer, text: Buffer): boolean {
  const key = createPublicKey(publicKey);
  if (key.asymmetricKeyType !== 'ed25519' || !noteKeyId(name, publicKey).equals(signature.subarray(0, 4))) return false;
  return verify(null, text, key, signature.subarray(4));
}

/** One text for one value: base64 has several spellings of the last bits. */
const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text;

const invalid = (why: string): Refusal => new Refusal('checkpoint-invalid', `not a checkpoint: ${why}`);
