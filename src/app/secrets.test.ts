import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '#core/secret.ts';
import type { SecretSource } from '#core/secret-source.ts';
import { encryptAge, encryptSops, makeIdentity } from '#vault/fixture.ts';
import { loadConfiguration } from './configuration.ts';
import { openSecretSource, openSecretStore } from './secrets.ts';

const { text: identity, recipient } = makeIdentity();

function project(yaml: string, files: Readonly<Record<string, string | Buffer>> = {}): string {
  const parent = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'project');
  mkdirSync(folder);
  for (const [name, content] of Object.entries({ 'sluice.yaml': yaml, ...files }))
    writeFileSync(join(folder, name), content);
  mkdirSync(join(parent, 'home'));
  writeFileSync(join(parent, 'home/age.txt'), identity, { mode: 0o600 });
  return folder;
}

function sourceOf(folder: string, environment: Readonly<Record<string, string>> = {}, online = true): SecretSource {
  const configuration = loadConfiguration(folder, join(folder, 'sluice.yaml'));
  const env = { SLUICE_HOME: join(folder, '..', 'home'), ...environment };
  return openSecretSource(configuration, folder, { environment: env, ...(online ? {} : { network: 'none' as const }) });
}

const revealed = async (source: SecretSource, name: string): Promise<string | undefined> =>
  (await source.get(name))?.reveal();

test('the store comes first, then the sources in their order', async () => {
  const yaml =
    'vault:\n  sources:\n    - { kind: sops, file: s.json }\n    - { kind: age, file: s.env.age }\n    - { kind: environment, variables: [A, B, C, D] }\n';
  const folder = project(yaml, {
    's.json': encryptSops({ A: 'sops', B: 'sops' }, recipient),
    's.env.age': encryptAge(Buffer.from('A=age\nB=age\nC=age\n'), { recipient }),
  });
  const environment = { SLUICE_HOME: join(folder, '..', 'home') };
  await openSecretStore(folder, { environment }).set('A', new Secret('store'));
  const source = sourceOf(folder, { A: 'env', B: 'env', C: 'env', D: 'env', E: 'env' });
  expect(await Promise.all(['A', 'B', 'C', 'D', 'E'].map((name) => revealed(source, name)))).toEqual([
    'store',
    'sops',
    'age',
    'env',
    undefined,
  ]);
  expect(await source.names()).toEqual(['A', 'B', 'C', 'D']);
});

test('an encrypted file must lie in the folder of the configuration', async () => {
  const folder = project('vault:\n  sources:\n    - { kind: sops, file: ../outside.json }\n');
  await expect(sourceOf(folder).get('A')).rejects.toMatchObject({ code: 'path-outside' });
  const linked = project('vault:\n  sources:\n    - { kind: sops, file: link.json }\n');
  writeFileSync(join(linked, '../outside.json'), encryptSops({ A: 'x' }, recipient));
  symlinkSync('../outside.json', join(linked, 'link.json'));
  await expect(sourceOf(linked).get('A')).rejects.toMatchObject({ code: 'path-outside' });
});

test('an identity that others can read is refused, and one that is missing is asked for', async () => {
  const folder = project('vault:\n  sources:\n    - { kind: age, file: s.age }\n', {
    's.age': encryptAge(Buffer.from('A=x\n'), { recipient }),
  });
  expect(await revealed(sourceOf(folder), 'A')).toBe('x');
  expect(await revealed(sourceOf(folder, { SOPS_AGE_KEY: identity, SLUICE_HOME: '/nowhere' }), 'A')).toBe('x');
  chmodSync(join(folder, '../home/age.txt'), 0o644);
  await expect(sourceOf(folder).get('A')).rejects.toMatchObject({ code: 'key-exposed' });
  rmSync(join(folder, '../home/age.txt'));
  await expect(sourceOf(folder).get('A')).rejects.toMatchObject({ code: 'identity-missing' });
});

test('a vault server is the one of the user, and is asked with the token of the user', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers['x-vault-token']}`);
    response.end(JSON.stringify({ data: { data: { A: 'from the server' } } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = project('vault:\n  sources:\n    - { kind: openbao, path: "secret/shop/{environment}" }\n');
  writeFileSync(join(folder, '../token'), 'of-the-file\n');
  expect(await revealed(sourceOf(folder, { BAO_ADDR: address, VAULT_TOKEN_FILE: join(folder, '../token') }), 'A')).toBe(
    'from the server',
  );
  expect(seen).toEqual(['/v1/secret/data/shop/default of-the-file']);
  await expect(sourceOf(folder, { BAO_TOKEN: 't' }).get('A')).rejects.toMatchObject({ code: 'vault-address-missing' });
  await expect(sourceOf(folder, { BAO_ADDR: address, HOME: folder }).get('A')).rejects.toMatchObject({
    code: 'vault-token-missing',
  });
  await expect(sourceOf(folder, { BAO_ADDR: 'http://bao.example', BAO_TOKEN: 't' }).get('A')).rejects.toMatchObject({
    code: 'vault-address-invalid',
  });
  await expect(sourceOf(folder, { BAO_ADDR: address, BAO_TOKEN: 't' }, false).get('A')).rejects.toMatchObject({
    code: 'vault-offline',
  });
});

test('a new passphrase is typed twice', async () => {
  const folder = project('');
  const store = (answers: string[]) =>
    openSecretStore(folder, {
      environment: { SLUICE_HOME: join(folder, '../home') },
      masterKey: 'passphrase',
      ask: async () => new Secret(answers.shift() ?? ''),
    });
  await expect(store(['long enough', 'other']).set('A', new Secret('x'))).rejects.toMatchObject({
    code: 'passphrase-differs',
  });
  await expect(store(['short', 'short']).set('A', new Secret('x'))).rejects.toMatchObject({ code: 'passphrase-weak' });
  await store(['long enough', 'long enough']).set('A', new Secret('value'));
  const opened = store(['mistyped', 'long enough']);
  await expect(opened.get('A')).rejects.toMatchObject({ code: 'passphrase-wrong' });
  expect((await opened.get('A'))?.reveal()).toBe('value');
});

test('a key of a transit engine keeps the master key, which it gives only for the same store', async () => {
  const held = new Map<string, { plaintext: string; context: string }>();
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as Record<string, string>;
    const context = body['associated_data'] ?? '';
    if (request.url === '/v1/transit/encrypt/shop') {
      const ciphertext = `vault:v1:${held.size}`;
      held.set(ciphertext, { plaintext: body['plaintext'] ?? '', context });
      response.end(JSON.stringify({ data: { ciphertext } }));
      return;
    }
    const found = held.get(body['ciphertext'] ?? '');
    response.statusCode = found?.context === context && request.url === '/v1/transit/decrypt/shop' ? 200 : 400;
    response.end(JSON.stringify({ data: { plaintext: found?.plaintext } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = project('');
  const environment = { SLUICE_HOME: join(folder, '../home'), BAO_ADDR: address, BAO_TOKEN: 't' };
  const open = (key = 'transit/shop') =>
    openSecretStore(folder, { environment, masterKey: 'transit', transitKey: key });
  await open().set('A', new Secret('value'));
  expect((await open().get('A'))?.reveal()).toBe('value');
  expect(await open().rotate('file')).toBe(1);
  expect(await open().rotate('service')).toBe(1);
  expect((await open().get('A'))?.reveal()).toBe('value');
  await expect(open('transit/other').get('A')).rejects.toMatchObject({ code: 'master-key-missing' });
  expect(() => open('no-mount')).toThrow(expect.objectContaining({ code: 'transit-key-invalid' }));
  const moved = [...held].map(([key, each]) => [key, { ...each, context: 'other' }] as const);
  for (const [key, each] of moved) held.set(key, each);
  await expect(open().get('A')).rejects.toMatchObject({ code: 'vault-failed' });
});
