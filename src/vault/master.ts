import { createHash, randomBytes } from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import type { DurableFile, KeyService } from '#core/secret-source.ts';
import type { MasterRecord } from './format.ts';
import { KEY_BYTES, seal, unseal } from './seal.ts';

/** What keeps master keys. Only the one that a store names is asked for. */
export interface MasterKeys {
  /** The file of keys of a store, in the user's own folder, readable by its owner alone. */
  keyFile(store: string): DurableFile;
  /** `again`: a new passphrase is chosen, and a person types it twice. */
  passphrase(purpose: 'open' | 'choose'): Promise<Secret>;
  readonly service?: KeyService;
}

export type MasterKind = MasterRecord['kind'];

/** A master key in hand, and the record by which it is found again. */
export interface Master {
  readonly key: Buffer;
  readonly record: MasterRecord;
}

/** argon2id (RFC 9106, section 4, second recommended option). */
const KDF = { kdf: 'argon2id', memoryKiB: 64 * 1024, passes: 3, lanes: 4 } as const;

const keyFileSchema = z.strictObject({
  version: z.literal(1),
  keys: z.array(z.strictObject({ id: z.string(), key: z.base64().length(44) })).max(100),
});
type KeyFile = z.output<typeof keyFileSchema>;

const identify = (key: Buffer): string =>
  createHash('sha256').update('sluice master key\0').update(key).digest('hex').slice(0, 32);
const contextOf = (store: string, id: string): string => `sluice master key 1\0${store}\0${id}`;

/**
 * A new master key. One of a file is added to the file, beside those that are there, so that the store can be read whichever
 * of them it names when everything stops here.
 */
export async function createMaster(store: string, kind: MasterKind, keys: MasterKeys): Promise<Master> {
  const key = randomBytes(KEY_BYTES);
  const id = identify(key);
  if (kind === 'file') {
    await keys.keyFile(store).change(async (content) => {
      const held = content === undefined ? [] : parseKeys(content, keys.keyFile(store).path).keys;
      return serializeKeys([...held, { id, key: key.toString('base64') }]);
    });
    return { key, record: { kind, id } };
  }
  if (kind === 'service') {
    const service = keys.service ?? noService();
    const wrapped = Buffer.from(await service.wrap(key, contextOf(store, id))).toString('base64');
    return { key, record: { kind, id, service: service.id, wrapped } };
  }
  const salt = randomBytes(16);
  const parameters = { ...KDF, salt: salt.toString('base64') };
  const wrapping = await stretch(await keys.passphrase('choose'), parameters);
  return { key, record: { kind, id, ...parameters, wrapped: seal(wrapping, key, contextOf(store, id)) } };
}

/** Opens masters, each once: a passphrase takes half a second and a service a request, and a run wants many secrets. */
export function rememberMasters(keys: MasterKeys): (store: string, record: MasterRecord) => Promise<Master> {
  const opened = new Map<string, Promise<Master>>();
  return async (store, record) => {
    const name = JSON.stringify([store, record]);
    const master = opened.get(name) ?? openMaster(store, record, keys);
    opened.set(name, master);
    try {
      return await master;
    } catch (error) {
      // What was mistyped may be typed again.
      opened.delete(name);
      throw error;
    }
  };
}

/**
 * The master key that a store names.
 *
 * @throws SluiceError `master-key-missing`, `master-key-invalid`, `passphrase-wrong`, `key-service-failed`
 */
async function openMaster(store: string, record: MasterRecord, keys: MasterKeys): Promise<Master> {
  const key = await keyOf(store, record, keys);
  if (key.length === KEY_BYTES && identify(key) === record.id) return { key, record };
  throw new SluiceError('master-key-invalid', 'this is not the master key of the secrets');
}

async function keyOf(store: string, record: MasterRecord, keys: MasterKeys): Promise<Buffer> {
  const context = contextOf(store, record.id);
  if (record.kind === 'file') {
    const file = keys.keyFile(store);
    const content = file.read() ?? missing(file.path);
    const held = parseKeys(content, file.path).keys.find(({ id }) => id === record.id) ?? missing(file.path);
    return Buffer.from(held.key, 'base64');
  }
  if (record.kind === 'service') return await unwrapped(keys.service, record, context);
  const wrapping = await stretch(await keys.passphrase('open'), record);
  const key = unseal(wrapping, record.wrapped, context);
  if (key === undefined) throw new SluiceError('passphrase-wrong', 'this is not the passphrase of the secrets');
  return key;
}

async function unwrapped(
  service: KeyService | undefined,
  record: Extract<MasterRecord, { kind: 'service' }>,
  context: string,
): Promise<Buffer> {
  if (service?.id !== record.service) noService();
  try {
    return Buffer.from(await service.unwrap(Buffer.from(record.wrapped, 'base64'), context));
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw new SluiceError('key-service-failed', `${record.service} did not give the master key`, { cause });
  }
}

/** Takes away the keys that the store does not name any more. Only after the store that names `id` is on the disk. */
export async function forgetOthers(store: string, id: string, keys: MasterKeys): Promise<void> {
  const file = keys.keyFile(store);
  const content = file.read();
  if (content === undefined || parseKeys(content, file.path).keys.every((key) => key.id === id)) return;
  const keep = async (now: Buffer | undefined): Promise<Buffer> =>
    serializeKeys(parseKeys(now ?? content, file.path).keys.filter((key) => key.id === id));
  await file.change(keep);
  // The first change left a copy with all of them beside it; the second replaces that copy.
  await file.change(keep);
}

const serializeKeys = (keys: KeyFile['keys']): Buffer =>
  Buffer.from(`${JSON.stringify({ version: 1, keys } satisfies KeyFile, null, 2)}\n`);

function parseKeys(content: Buffer, path: string): KeyFile {
  try {
    return keyFileSchema.parse(JSON.parse(content.toString('utf8')));
  } catch {
    // What the parser says of the file could show a part of it.
    throw new SluiceError('master-key-invalid', `${path} holds no master key`, {
      hint: `There may be a copy: ${path}.bak`,
    });
  }
}

async function stretch(
  passphrase: Secret,
  { memoryKiB, passes, lanes, salt }: { memoryKiB: number; passes: number; lanes: number; salt: string },
): Promise<Uint8Array> {
  return await argon2id({
    password: passphrase.reveal().normalize('NFC'),
    salt: Buffer.from(salt, 'base64'),
    memorySize: memoryKiB,
    iterations: passes,
    parallelism: lanes,
    hashLength: KEY_BYTES,
    outputType: 'binary',
  });
}

function missing(path: string): never {
  const hint = `It belongs to ${path}. Bring that file from the machine where the secrets were set, or set them anew.`;
  throw new SluiceError('master-key-missing', 'the master key of the secrets is not here', { hint });
}

function noService(): never {
  throw new SluiceError('master-key-missing', 'the master key is kept by a service that is not configured');
}
