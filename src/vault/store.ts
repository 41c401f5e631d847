import { randomBytes } from 'node:crypto';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import type { Clock } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import type { DurableFile, SecretScope, SecretSource } from '#core/secret-source.ts';
import {
  checkEnvironment,
  checkName,
  isName,
  parseStore,
  type StoreEntry,
  type StoreFile,
  serializeStore,
  verifyStore,
} from './format.ts';
import {
  createMaster,
  forgetOthers,
  type Master,
  type MasterKeys,
  type MasterKind,
  rememberMasters,
} from './master.ts';
import { KEY_BYTES, seal, unseal } from './seal.ts';

/** What can be said of a secret without its value. */
export interface SecretSummary {
  readonly name: string;
  readonly environment?: string | undefined;
  readonly version: number;
  /** ISO 8601. */
  readonly changedAt: string;
}

/** The secrets of a repository, encrypted at rest. */
export interface SecretStore extends SecretSource {
  /** @throws SluiceError `secret-name-invalid`, `secret-too-large`, `secret-empty` */
  set(name: string, value: Secret, scope?: SecretScope): Promise<SecretSummary>;
  /** True where there was one. */
  remove(name: string, scope?: SecretScope): Promise<boolean>;
  /** Those of every environment and of the repository. Needs no key, and so does not know whether they were tampered with. */
  list(): readonly SecretSummary[];
  /**
   * A new master key for all of them, of the same kind or another. Killed at any moment, everything can be read with what is there;
   * doing it again finishes it.
   */
  rotate(kind?: MasterKind): Promise<number>;
}

export interface StoreOptions {
  readonly keys: MasterKeys;
  readonly clock: Clock;
  /** How the master key of a new store is kept. */
  readonly kind?: MasterKind;
}

/** The most that GitHub takes too. Bytes. */
const MAX_VALUE = 48 * 1024;

/** Opens the store in a file, which need not exist. No key is asked for before it is needed. */
export function openStore(file: DurableFile, { keys, clock, kind = 'file' }: StoreOptions): SecretStore {
  const parsed = (content: Buffer | undefined): StoreFile | undefined => content && parseStore(content, file.path);
  const masterOf = rememberMasters(keys);
  const opened = async (store: StoreFile): Promise<Master> => {
    const master = await masterOf(store.id, store.master);
    verifyStore(store, master.key, file.path);
    return master;
  };
  const change = async (edit: (store: Unlocked) => readonly StoreEntry[]): Promise<void> =>
    await file.change(async (content) => {
      const store = parsed(content);
      const id = store?.id ?? randomBytes(16).toString('hex');
      const master = store === undefined ? await createMaster(id, kind, keys) : await opened(store);
      const entries = edit({ id, entries: store?.entries ?? [], key: master.key });
      return serializeStore({ version: 1, id, master: master.record, entries: [...entries] }, master.key);
    });
  return {
    get: async (name, scope = {}) => {
      const store = parsed(file.read());
      if (store === undefined || !isName(name)) return undefined;
      // Also where there is none: that it was not taken out is for the code over all of them to say.
      const { key } = await opened(store);
      const entry = find(store.entries, name.toUpperCase(), scope);
      return entry === undefined ? undefined : open(entry, store.id, key, file.path);
    },
    names: async (scope = {}) => namesOf(parsed(file.read())?.entries ?? [], scope),
    set: async (name, value, { environment } = {}) => {
      const summary = { name: checkName(name), ...(environment === undefined ? {} : { environment }) };
      checkEnvironment(environment);
      checkValue(value);
      let version = 1;
      const changedAt = clock.now().toISOString();
      await change(({ id, entries, key }) => {
        version = 1 + Math.max(0, ...entries.filter((entry) => isSame(entry, summary)).map((entry) => entry.version));
        const entry = lock({ ...summary, version, changedAt }, value, id, key);
        return [...entries.filter((other) => !isSame(other, summary)), entry];
      });
      return { ...summary, version, changedAt };
    },
    remove: async (name, { environment } = {}) => {
      const wanted = { name: checkName(name), environment };
      if (!(parsed(file.read())?.entries ?? []).some((entry) => isSame(entry, wanted))) return false;
      await change(({ entries }) => entries.filter((entry) => !isSame(entry, wanted)));
      return true;
    },
    list: () => (parsed(file.read())?.entries ?? []).map(summarize),
    rotate: async (wanted) => await rotate(file, { keys, parsed, opened }, wanted),
  };
}

interface Unlocked {
  readonly id: string;
  readonly entries: readonly StoreEntry[];
  readonly key: Buffer;
}

interface Rotation {
  readonly keys: MasterKeys;
  parsed(content: Buffer | undefined): StoreFile | undefined;
  opened(store: StoreFile): Promise<Master>;
}

async function rotate(file: DurableFile, { keys, parsed, opened }: Rotation, wanted?: MasterKind): Promise<number> {
  let result: StoreFile | undefined;
  await file.change(async (content) => {
    const store = parsed(content);
    if (store === undefined) throw new SluiceError('secrets-missing', 'there are no secrets yet');
    const old = await opened(store);
    const master = await createMaster(store.id, wanted ?? store.master.kind, keys);
    const entries = store.entries.map((entry) => rewrap(entry, store.id, old.key, master.key, file.path));
    const next = serializeStore({ version: 1, id: store.id, master: master.record, entries }, master.key);
    // What cannot be read back must not take the place of what can.
    result = parseStore(next, file.path);
    verifyStore(result, master.key, file.path);
    return next;
  });
  if (result === undefined) return 0;
  // The copy of before is under the old key: the second change makes it one under the new key, and only then may the old one go.
  await file.change(async (content) => content ?? Buffer.alloc(0));
  await forgetOthers(result.id, result.master.id, keys);
  return result.entries.length;
}

const contextOf = (part: 'key' | 'value', store: string, { name, environment, version }: SecretSummary): string =>
  ['sluice secret 1', part, store, environment ?? '', name, version].join('\0');

function lock(summary: SecretSummary, value: Secret, store: string, master: Uint8Array): StoreEntry {
  const dataKey = randomBytes(KEY_BYTES);
  const plaintext = Buffer.from(value.reveal(), 'utf8');
  const sealedValue = seal(dataKey, plaintext, contextOf('value', store, summary));
  const key = seal(master, dataKey, contextOf('key', store, summary));
  dataKey.fill(0);
  plaintext.fill(0);
  return { ...summary, key, value: sealedValue };
}

function open(entry: StoreEntry, store: string, master: Uint8Array, path: string): Secret {
  const dataKey = unseal(master, entry.key, contextOf('key', store, entry)) ?? damaged(entry, path);
  const plaintext = unseal(dataKey, entry.value, contextOf('value', store, entry)) ?? damaged(entry, path);
  const secret = new Secret(plaintext.toString('utf8'));
  dataKey.fill(0);
  plaintext.fill(0);
  return secret;
}

function rewrap(entry: StoreEntry, store: string, from: Uint8Array, to: Uint8Array, path: string): StoreEntry {
  const dataKey = unseal(from, entry.key, contextOf('key', store, entry)) ?? damaged(entry, path);
  const key = seal(to, dataKey, contextOf('key', store, entry));
  dataKey.fill(0);
  return { ...entry, key };
}

function find(entries: readonly StoreEntry[], name: string, { environment }: SecretScope): StoreEntry | undefined {
  const named = entries.filter((entry) => entry.name === name);
  const own = environment === undefined ? undefined : named.find((entry) => entry.environment === environment);
  return own ?? named.find((entry) => entry.environment === undefined);
}

const namesOf = (entries: readonly StoreEntry[], { environment }: SecretScope): string[] =>
  [
    ...new Set(
      entries
        .filter((entry) => entry.environment === undefined || entry.environment === environment)
        .map(({ name }) => name),
    ),
  ].sort(order);

const isSame = (
  entry: StoreEntry,
  other: { readonly name: string; readonly environment?: string | undefined },
): boolean => entry.name === other.name && entry.environment === other.environment;

const summarize = ({ name, environment, version, changedAt }: StoreEntry): SecretSummary => ({
  name,
  ...(environment === undefined ? {} : { environment }),
  version,
  changedAt,
});

function checkValue(value: Secret): void {
  const text = value.reveal();
  if (text === '') throw new SluiceError('secret-empty', 'the value is empty');
  if (text.includes('\0'))
    throw new SluiceError('secret-invalid', 'the value holds a zero byte, which no variable can');
  if (Buffer.byteLength(text) <= MAX_VALUE) return;
  const hint = 'Keep the file encrypted in the repository, and its key as the secret.';
  throw new SluiceError('secret-too-large', `the value has more than ${MAX_VALUE / 1024} KiB`, { hint });
}

function damaged({ name }: StoreEntry, path: string): never {
  throw new SluiceError('secrets-tampered', `${name} in ${path} cannot be opened`, {
    hint: `Compare it with ${path}.bak.`,
  });
}
