import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { disk } from '#adapters/disk.ts';
import { Secret } from '#core/secret.ts';
import { NOW, temporaryFolder } from '../fixture.ts';
import { readIdentities, trustIdentity } from './identities.ts';
import { openKeyStore } from './key-store.ts';
import { generateKey, openKey } from './private-key.ts';
import { readPublicKey, validAt } from './trust.ts';

const unasked = (): Promise<Secret> => Promise.reject(new Error('asked for a passphrase'));
const wish = { purpose: 'evidence', algorithm: 'ecdsa-p256', name: 'ana', now: NOW } as const;

describe('a key under a passphrase', () => {
  const passphrase = new Secret(['correct', 'horse'].join(' '));

  test('signs with it, and is worth nothing without', async () => {
    const file = await generateKey('ecdsa-p256', NOW, passphrase);
    expect(JSON.stringify(file)).not.toContain('pkcs8');
    expect((await openKey(file, async () => passphrase)).keyId).toBe(file.keyId);
    await expect(openKey(file, async () => new Secret('wrong'))).rejects.toMatchObject({ code: 'passphrase-wrong' });
  });

  test('does not open when anything in its file was changed', async () => {
    const file = await generateKey('ed25519', NOW, passphrase);
    if (!('kdf' in file.privateKey)) throw new Error('not sealed');
    const turned = (text: string): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[3] = (bytes[3] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const { salt, iv, sealed } = file.privateKey;
    for (const over of [{ salt: turned(salt) }, { iv: turned(iv) }, { sealed: turned(sealed) }, { passes: 4 }]) {
      const changed = { ...file, privateKey: { ...file.privateKey, ...over } };
      await expect(openKey(changed, async () => passphrase)).rejects.toMatchObject({ code: 'passphrase-wrong' });
    }
    const renamed = { ...file, keyId: '0'.repeat(64) };
    await expect(openKey(renamed, async () => passphrase)).rejects.toMatchObject({ code: 'passphrase-wrong' });
  });
});

describe('the store', () => {
  test('keeps keys where only their owner can read them', async () => {
    const home = join(temporaryFolder(), 'home');
    const key = await openKeyStore(home, disk).create(wish);
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700);
    expect(statSync(join(home, 'keys', 'evidence.json')).mode & 0o777).toBe(0o600);
    expect(openKeyStore(home, disk).current('evidence')).toEqual(key);
    expect((await openKeyStore(home, disk).signer('evidence', unasked)).keyId).toBe(key.keyId);
  });

  test('uses no key that others may have read', async () => {
    const home = temporaryFolder();
    await openKeyStore(home, disk).create(wish);
    chmodSync(join(home, 'keys', 'evidence.json'), 0o640);
    await expect(openKeyStore(home, disk).signer('evidence', unasked)).rejects.toMatchObject({ code: 'key-exposed' });
  });

  test('makes no second key, and has none before the first', async () => {
    const store = openKeyStore(temporaryFolder(), disk);
    expect(store.trusted()).toEqual([]);
    await expect(store.signer('evidence', unasked)).rejects.toMatchObject({ code: 'key-missing' });
    await expect(store.rotate(wish)).rejects.toMatchObject({ code: 'key-missing' });
    await store.create(wish);
    await expect(store.create(wish)).rejects.toMatchObject({ code: 'key-exists' });
  });

  test('after a rotation trusts the old key for what it signed until then', async () => {
    const home = temporaryFolder();
    const store = openKeyStore(home, disk);
    const old = await store.create(wish);
    const before = readFileSync(join(home, 'keys', 'evidence.json'), 'utf8');
    const later = new Date(NOW.getTime() + 3_600_000);
    const fresh = await store.rotate({ ...wish, algorithm: 'ed25519', now: later });
    const keys = store.trusted();
    expect(keys.map(({ keyId }) => keyId).toSorted()).toEqual([old.keyId, fresh.keyId].toSorted());
    const retired = keys.find(({ keyId }) => keyId === old.keyId);
    expect(
      retired && [validAt(retired, NOW), validAt(retired, later), validAt(retired, new Date(later.getTime() + 1))],
    ).toEqual([true, true, false]);
    expect(validAt(fresh, NOW)).toBe(false);
    expect(readFileSync(join(home, 'keys', 'evidence.json'), 'utf8')).not.toContain(
      JSON.parse(before).privateKey.pkcs8,
    );
  });

  test.each(['{', '{}', '{"version":2,"keys":[]}'])('says so when its files are %s', (text) => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'trusted-keys.json'), text);
    expect(() => openKeyStore(home, disk).trusted()).toThrow(expect.objectContaining({ code: 'key-invalid' }));
  });
});

test('a private key, a weak one and nonsense are no public keys', async () => {
  const { publicKey } = await openKey(await generateKey('ed25519', NOW), unasked);
  expect(readPublicKey(publicKey)?.asymmetricKeyType).toBe('ed25519');
  expect(readPublicKey(publicKey.replace('M', '!'))).toBeUndefined();
  expect(readPublicKey(publicKey.replaceAll('PUBLIC', 'PRIVATE'))).toBeUndefined();
  expect(readPublicKey('')).toBeUndefined();
});

test('holders of certificates are remembered by name', () => {
  const home = temporaryFolder();
  expect(readIdentities(home)).toEqual([]);
  trustIdentity(home, { name: 'ci', subject: 'a', issuer: 'b' }, disk);
  trustIdentity(home, { name: 'ana', subject: 'c', issuer: 'd' }, disk);
  trustIdentity(home, { name: 'ci', subject: 'e', issuer: 'f' }, disk);
  expect(readIdentities(home).map(({ subject }) => subject)).toEqual(['c', 'e']);
});

test('several that make the first key at once agree on one', async () => {
  const home = temporaryFolder();
  const made = await Promise.allSettled(Array.from({ length: 4 }, () => openKeyStore(home, disk).create(wish)));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(openKeyStore(home, disk).trusted()).toEqual([openKeyStore(home, disk).current('evidence')]);
});
