import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import type { KeyService } from '#core/secret-source.ts';
import { memoryFile, memoryKeys } from './fixture.ts';
import { seal, unseal } from './seal.ts';
import { openStore } from './store.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);
const clock = { now: () => new Date('2026-02-03T04:05:06Z') };

function makeStore(kind: 'file' | 'passphrase' | 'service' = 'file', service?: KeyService) {
  const file = memoryFile('/r/.sluice/secrets.json');
  const keys = memoryKeys();
  const store = openStore(file, {
    clock,
    kind,
    keys: { ...keys, ...(service === undefined ? {} : { service }), passphrase: keys.passphrase },
  });
  return { file, keys, store };
}

const failure = async (work: Promise<unknown>): Promise<SluiceError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('the store', () => {
  test('gives back what was set; that of the environment before that of the repository', async () => {
    const { store, file } = makeStore();
    await store.set('token', new Secret('of the repository'));
    expect(await store.set('TOKEN', new Secret('of production'), { environment: 'production' })).toMatchObject({
      name: 'TOKEN',
      version: 1,
    });
    expect(await store.set('Token', new Secret('newer value'))).toMatchObject({ version: 2 });
    expect((await store.get('token'))?.reveal()).toBe('newer value');
    expect((await store.get('token', { environment: 'staging' }))?.reveal()).toBe('newer value');
    expect((await store.get('token', { environment: 'production' }))?.reveal()).toBe('of production');
    expect(await store.get('other')).toBeUndefined();
    expect(await store.get('GITHUB_TOKEN')).toBeUndefined();
    expect(await store.get('no name at all')).toBeUndefined();
    expect(await store.names()).toEqual(['TOKEN']);
    expect(store.list().map(({ environment }) => environment)).toEqual([undefined, 'production']);
    expect(file.content?.toString()).not.toMatch(/newer|production value|of the/);
    expect(await store.remove('token', { environment: 'production' })).toBe(true);
    expect(await store.remove('token', { environment: 'production' })).toBe(false);
    expect((await store.get('token', { environment: 'production' }))?.reveal()).toBe('newer value');
  });

  test('any value comes back as it was', async () => {
    const { store } = makeStore();
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }).filter((text) => !text.includes('\0')),
        async (value) => {
          await store.set('X', new Secret(value));
          expect((await store.get('X'))?.reveal()).toBe(value);
        },
      ),
      { numRuns: RUNS / 4 },
    );
  });

  test.each([
    ['1A', 'x', 'secret-name-invalid'],
    ['GITHUB_TOKEN', 'x', 'secret-name-invalid'],
    ['A B', 'x', 'secret-name-invalid'],
    ['A', '', 'secret-empty'],
    ['A', 'a\0b', 'secret-invalid'],
    ['A', 'x'.repeat(50_000), 'secret-too-large'],
  ])('refuses %s with a value of its own', async (name, value, code) => {
    expect(await failure(makeStore().store.set(name, new Secret(value)))).toMatchObject({ code });
  });

  test('refuses an environment that is a path', async () => {
    const { store } = makeStore();
    expect(await failure(store.set('A', new Secret('x'), { environment: '../x' }))).toMatchObject({
      code: 'environment-name-invalid',
    });
  });
});

describe('a store that somebody changed', () => {
  const filled = async () => {
    const made = makeStore();
    await made.store.set('FIRST', new Secret('value one'));
    await made.store.set('SECOND', new Secret('value two'));
    await made.store.set('SECOND', new Secret('value three'), { environment: 'production' });
    return made;
  };
  type Json = { entries: Record<string, unknown>[]; master: Record<string, unknown> };

  const changed = (
    entry: Record<string, unknown> | undefined,
    by: Record<string, unknown>,
  ): Record<string, unknown> => ({ ...entry, ...by });

  test.each<[string, (entries: Json['entries']) => Json['entries']]>([
    ['an entry taken out', ([a, b]) => [changed(a, {}), changed(b, {})]],
    [
      'two values exchanged',
      ([a, b, c]) => [changed(a, { value: b?.['value'] }), changed(b, { value: a?.['value'] }), changed(c, {})],
    ],
    [
      'whole entries exchanged',
      ([a, b, c]) => [changed(a, { name: 'SECOND' }), changed(b, { name: 'FIRST' }), changed(c, {})],
    ],
    [
      'an entry moved to another environment',
      ([a, b, c]) => [changed(a, {}), changed(b, {}), changed(c, { environment: 'staging' })],
    ],
    [
      'an entry made one of the repository',
      ([a, b, c]) => [changed(a, {}), changed(b, {}), changed(c, { environment: undefined })],
    ],
    ['another number', ([a, b, c]) => [changed(a, { version: 7 }), changed(b, {}), changed(c, {})]],
    ['another order', (entries) => entries.toReversed()],
  ])('%s: refused', async (_, edit) => {
    const { file, store } = await filled();
    const json = JSON.parse(String(file.content)) as Json;
    file.content = Buffer.from(JSON.stringify({ ...json, entries: edit(json.entries) }));
    expect(await failure(store.get('FIRST'))).toMatchObject({ code: 'secrets-tampered' });
    expect(await failure(store.set('NEW', new Secret('x')))).toMatchObject({ code: 'secrets-tampered' });
  });

  test('any byte: the true value or an error in words, never another value', async () => {
    const { file, store } = await filled();
    const whole = Buffer.from(file.content ?? '');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] as number) ^ flip;
        file.content = changed;
        try {
          expect((await store.get('FIRST'))?.reveal()).toBe('value one');
        } catch (error) {
          expect(error).toBeInstanceOf(SluiceError);
        }
      }),
      { numRuns: RUNS },
    );
  });

  test('anything at all is refused in words', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
        const { file, store } = makeStore();
        file.content = Buffer.from(text);
        expect((await failure(store.get('A'))).code).toMatch(/^secrets-(invalid|too-new)$/);
      }),
      { numRuns: RUNS },
    );
  });

  test('of a later version is not read', async () => {
    const { file, store } = makeStore();
    file.content = Buffer.from('{"version":2}');
    expect(await failure(store.get('A'))).toMatchObject({ code: 'secrets-too-new' });
  });
});

describe('the master key', () => {
  const service: KeyService = {
    id: 'memory/one',
    wrap: async (key, context) => Buffer.from(seal(Buffer.alloc(32, 5), key, context)),
    unwrap: async (wrapped, context) => {
      const key = unseal(Buffer.alloc(32, 5), Buffer.from(wrapped).toString(), context);
      if (key === undefined) throw new Error('refused');
      return key;
    },
  };

  test.each(['file', 'passphrase', 'service'] as const)('of a %s is replaced by any other', async (kind) => {
    const { store, file, keys } = makeStore(kind, service);
    await store.set('A', new Secret('the value'));
    for (const to of ['file', 'passphrase', 'service', undefined] as const) {
      const before = JSON.parse(String(file.content)) as { entries: { key: string; value: string }[] };
      expect(await store.rotate(to)).toBe(1);
      const after = JSON.parse(String(file.content)) as typeof before;
      expect(after.entries[0]?.key).not.toBe(before.entries[0]?.key);
      expect((await store.get('A'))?.reveal()).toBe('the value');
    }
    for (const held of keys.files.values()) expect(JSON.parse(String(held.content))).toMatchObject({ keys: [] });
  });

  test('that is missing, wrong or exchanged is said', async () => {
    const { store, keys } = makeStore('passphrase');
    await store.set('A', new Secret('the value'));
    keys.secret = 'another one';
    expect(await failure(store.get('A'))).toMatchObject({ code: 'passphrase-wrong' });
    const byFile = makeStore('file');
    await byFile.store.set('A', new Secret('x'));
    const [held] = byFile.keys.files.values();
    const content = String(held?.content);
    if (held !== undefined) held.content = Buffer.from(content.replace(/"key": "..../, '"key": "AAAA'));
    expect(await failure(byFile.store.get('A'))).toMatchObject({ code: 'master-key-invalid' });
    byFile.keys.files.clear();
    expect(await failure(byFile.store.get('A'))).toMatchObject({ code: 'master-key-missing' });
    const without = makeStore('service', service);
    await without.store.set('A', new Secret('x'));
    const other = openStore(without.file, { clock, keys: memoryKeys() });
    expect(await failure(other.get('A'))).toMatchObject({ code: 'master-key-missing' });
  });
});
