import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import { derive } from './seal.ts';

/** A name as GitHub allows it; kept in upper case, since names compare without regard to case. */
const NAME = /^[A-Z_][A-Z0-9_]{0,254}$/;
const ENVIRONMENT = /^[a-z0-9][a-z0-9-]{0,63}$/;

const sealed = z.base64().min(40).max(200_000);
const id = z.string().regex(/^[0-9a-f]{16,64}$/);

const entrySchema = z.strictObject({
  name: z.string().regex(NAME),
  environment: z.string().regex(ENVIRONMENT).optional(),
  /** Counts up with every new value. */
  version: z.int().min(1),
  changedAt: z.iso.datetime(),
  /** The data key of this version, under the master key. */
  key: sealed,
  /** The value, under its data key. */
  value: sealed,
});

/** How the master key is kept; each bounded, so that a forged file cannot take the machine. */
const masterSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), id }),
  z.strictObject({
    kind: z.literal('passphrase'),
    id,
    kdf: z.literal('argon2id'),
    memoryKiB: z.int().min(8).max(1_048_576),
    passes: z.int().min(1).max(64),
    lanes: z.int().min(1).max(64),
    salt: z.base64().min(20).max(100),
    wrapped: sealed,
  }),
  z.strictObject({
    kind: z.literal('service'),
    id,
    service: z.string().min(1).max(300),
    wrapped: z.base64().max(20_000),
  }),
]);

const storeSchema = z.strictObject({
  version: z.literal(1),
  id,
  master: masterSchema,
  entries: z.array(entrySchema).max(10_000),
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});

export type StoreFile = z.output<typeof storeSchema>;
export type StoreEntry = z.output<typeof entrySchema>;
export type MasterRecord = z.output<typeof masterSchema>;

/**
 * The shape of a store; whether it is untouched is for {@link verifyStore} to say, once the master key is known.
 *
 * @throws SluiceError `secrets-invalid`, `secrets-too-new`
 */
export function parseStore(content: Uint8Array, path: string): StoreFile {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    throw broken(path, 'is no JSON');
  }
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  if (typeof version === 'number' && version > 1) {
    const hint = 'Update sluice.';
    throw new SluiceError('secrets-too-new', `${path} was written by a later version of sluice`, { hint });
  }
  const checked = storeSchema.safeParse(value);
  if (checked.success) return checked.data;
  throw broken(path, `is not a store: ${checked.error.issues[0]?.path.join('.') || 'the whole file'}`);
}

/** The bytes of a store, with the code that shows any later change of it. */
export function serializeStore(store: Omit<StoreFile, 'mac'>, master: Uint8Array): Buffer {
  const sorted = { ...store, entries: store.entries.toSorted(compareEntries) };
  return Buffer.from(`${JSON.stringify({ ...sorted, mac: macOf(sorted, master).toString('hex') }, null, 2)}\n`);
}

/**
 * @throws SluiceError `secrets-tampered` for a store that was changed by who does not have the master key: an entry exchanged,
 * taken out or renamed. An older copy of the whole file cannot be told from a true one.
 */
export function verifyStore(store: StoreFile, master: Uint8Array, path: string): void {
  if (timingSafeEqual(macOf(store, master), Buffer.from(store.mac, 'hex'))) return;
  const hint = `Compare it with ${path}.bak, and ask who may write to this folder.`;
  throw new SluiceError('secrets-tampered', `${path} was changed by something that is not sluice`, { hint });
}

/** Over every field, each with its length, so that no two stores read the same. */
function macOf(store: Omit<StoreFile, 'mac'>, master: Uint8Array): Buffer {
  const hmac = createHmac('sha256', derive(master, 'sluice store mac 1'));
  const add = (field: string | number | undefined): void => {
    const text = field === undefined ? '-' : `=${field}`;
    hmac.update(`${Buffer.byteLength(text)}:${text}`);
  };
  add(store.version);
  add(store.id);
  for (const [key, value] of Object.entries(store.master).toSorted(([a], [b]) => order(a, b))) {
    add(key);
    add(value);
  }
  for (const entry of store.entries) {
    for (const field of [entry.name, entry.environment, entry.version, entry.changedAt, entry.key, entry.value])
      add(field);
  }
  return hmac.digest();
}

const compareEntries = (a: StoreEntry, b: StoreEntry): number =>
  order(a.environment ?? '', b.environment ?? '') || order(a.name, b.name);

/** Whether a secret can have this name. */
export const isName = (name: string): boolean => NAME.test(name.toUpperCase()) && !/^GITHUB_/i.test(name);

/**
 * A name in upper case.
 *
 * @throws SluiceError `secret-name-invalid`
 */
export function checkName(name: string): string {
  if (isName(name)) return name.toUpperCase();
  const hint = 'Letters, digits and underscores, not starting with a digit or with GITHUB_.';
  throw new SluiceError('secret-name-invalid', 'this cannot be the name of a secret', { hint });
}

/** @throws SluiceError `environment-name-invalid` */
export function checkEnvironment(environment: string | undefined): void {
  if (environment === undefined || ENVIRONMENT.test(environment)) return;
  const hint = 'Lower-case letters, digits and hyphens.';
  throw new SluiceError('environment-name-invalid', 'this cannot be the name of an environment', { hint });
}

const broken = (path: string, what: string): SluiceError =>
  new SluiceError('secrets-invalid', `${path} ${what}`, { hint: `The copy before the last change is ${path}.bak.` });
