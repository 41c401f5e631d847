import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { network } from '#adapters/network.ts';
import { SluiceError } from '#core/error.ts';
import { Secret } from '#core/secret.ts';
import { parseIdentities } from './age/identity.ts';
import { environmentSource, firstOf } from './environment-source.ts';
import { fileSource, parseValues } from './file-source.ts';
import { encryptAge, encryptSops, makeIdentity } from './fixture.ts';
import { keyValueSource } from './key-value.ts';
import { checkAddress } from './vault-server.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);
const TOKEN = ['hvs', 'token', 'of', 'the', 'test'].join('.');

describe('variables of the environment', () => {
  test('are handed out only where they are listed', async () => {
    const source = environmentSource({ LISTED: 'v', OTHER: 'w', EMPTY: '' }, ['LISTED', 'EMPTY', 'UNSET']);
    expect((await source.get('listed'))?.reveal()).toBe('v');
    expect(await source.get('OTHER')).toBeUndefined();
    expect(await source.get('EMPTY')).toBeUndefined();
    expect(await source.names()).toEqual(['LISTED']);
  });

  test('several sources: the first that has it; one that fails is not passed over', async () => {
    const first = environmentSource({ A: '1' }, ['A']);
    const second = environmentSource({ A: '2', B: '3' }, ['A', 'B']);
    const both = firstOf([first, second]);
    expect((await both.get('A'))?.reveal()).toBe('1');
    expect((await both.get('B'))?.reveal()).toBe('3');
    expect(await both.names()).toEqual(['A', 'B']);
    const failing = { get: async () => Promise.reject(new Error('down')), names: async () => [] };
    await expect(firstOf([failing, second]).get('A')).rejects.toThrow('down');
  });
});

describe('a vault server', () => {
  const seen: string[] = [];
  const items: Readonly<Record<string, unknown>> = {
    '/v1/secret/data/shop/production': {
      data: { data: { NPM_TOKEN: 'of production', port: 8080, nested: {} }, metadata: { version: 3 } },
    },
    '/v1/secret/data/shop/default': { data: { data: { NPM_TOKEN: 'of the repository' } } },
    '/v1/secret/data/each/A': { data: { data: { value: 'of A' } } },
    '/v1/secret/metadata/each?list=true': { data: { keys: ['B', 'A', 'folder/'] } },
    '/v1/secret/data/deleted/x': { data: { data: null } },
    '/v1/old/data/x': { data: { plain: 1 } },
  };
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-vault-namespace'] ?? ''}`);
    const answer = items[request.url ?? ''];
    if (request.headers['x-vault-token'] !== TOKEN) response.statusCode = 403;
    else if (request.url?.includes('broken')) response.statusCode = 500;
    else if (answer === undefined) response.statusCode = 404;
    response.end(JSON.stringify(response.statusCode === 200 ? answer : { errors: [] }));
  });
  let address = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  const sourceOf = (path: string, options: { token?: string; field?: string; namespace?: string } = {}) => {
    const { token = TOKEN, ...rest } = options;
    return keyValueSource(network, { address, token: new Secret(token), path, ...rest });
  };

  test('gives fields of an item, by environment, and is asked once for each', async () => {
    const source = sourceOf('secret/shop/{environment}', { namespace: 'team' });
    seen.length = 0;
    expect((await source.get('npm_token', { environment: 'production' }))?.reveal()).toBe('of production');
    expect((await source.get('PORT', { environment: 'production' }))?.reveal()).toBe('8080');
    expect(await source.names({ environment: 'production' })).toEqual(['NESTED', 'NPM_TOKEN', 'PORT']);
    expect((await source.get('NPM_TOKEN'))?.reveal()).toBe('of the repository');
    expect(seen).toEqual(['GET /v1/secret/data/shop/production team', 'GET /v1/secret/data/shop/default team']);
    await expect(source.get('nested', { environment: 'production' })).rejects.toMatchObject({ code: 'secret-invalid' });
  });

  test('gives an item of each secret', async () => {
    const source = sourceOf('secret/each/{name}');
    expect((await source.get('A'))?.reveal()).toBe('of A');
    expect(await source.get('B')).toBeUndefined();
    expect(await source.names()).toEqual(['A', 'B']);
    expect(await sourceOf('secret/deleted/x').get('A')).toBeUndefined();
  });

  test.each([
    ['a refused token', 'secret/shop/x', { token: 'wrong' }, 'vault-refused'],
    ['a failing server', 'secret/broken', {}, 'vault-failed'],
    ['another engine', 'old/x', {}, 'vault-failed'],
    ['a path that climbs', 'secret/../sys', {}, 'vault-path-invalid'],
    ['a path of one part', 'secret', {}, 'vault-path-invalid'],
  ])('%s is said, and nothing of the token', async (_, path, options, code) => {
    try {
      await sourceOf(path, options).get('A');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain(TOKEN);
    }
  });

  test('a name with a slash or a dot does not leave its item', async () => {
    const source = sourceOf('secret/each/{name}');
    for (const name of ['../shop/production', 'A/../../x', '..', 'A?list=true', 'A#']) {
      await expect(source.get(name)).rejects.toMatchObject({ code: 'vault-path-invalid' });
    }
  });

  test('no server at all', async () => {
    const source = keyValueSource(network, { address: 'http://127.0.0.1:9', token: new Secret(TOKEN), path: 'a/b' });
    await expect(source.get('A')).rejects.toMatchObject({ code: 'vault-unreachable' });
  });

  test('an address is HTTPS, or on this machine', () => {
    expect(checkAddress('https://bao.example:8200')).toBe('https://bao.example:8200');
    expect(checkAddress('http://localhost:8200')).toBe('http://localhost:8200');
    for (const wrong of [
      'http://bao.example:8200',
      'bao.example',
      'file:///x',
      'https://user@bao.example',
      'https://bao.example/?a',
    ]) {
      expect(() => checkAddress(wrong)).toThrow(SluiceError);
    }
  });
});

describe('encrypted files', () => {
  const { text, recipient } = makeIdentity();
  const keys = async () => ({ identities: parseIdentities(new Secret(text), 'k') });
  const files: Readonly<Record<string, Buffer>> = {
    'secrets.env.age': encryptAge(Buffer.from('# comment\nexport A=one\nB="two\\nlines"\nC=\'$x\'\n'), { recipient }),
    'secrets.yaml.age': encryptAge(Buffer.from('A: one\nPORT: 8080\n'), { recipient }),
    'production.json': Buffer.from(encryptSops({ A: 'of production' }, recipient)),
  };
  const sourceOf = (format: 'age' | 'sops', path: string) =>
    fileSource({ format, path, read: (name) => files[name], keys });

  test('of age hold lines or YAML', async () => {
    const lines = sourceOf('age', 'secrets.env.age');
    expect((await lines.get('a'))?.reveal()).toBe('one');
    expect((await lines.get('B'))?.reveal()).toBe('two\nlines');
    expect((await lines.get('C'))?.reveal()).toBe('$x');
    expect((await sourceOf('age', 'secrets.yaml.age').get('PORT'))?.reveal()).toBe('8080');
  });

  test('of sops, one of each environment', async () => {
    const source = sourceOf('sops', '{environment}.json');
    expect((await source.get('A', { environment: 'production' }))?.reveal()).toBe('of production');
    expect(await source.get('A')).toBeUndefined();
    expect(await source.names({ environment: 'production' })).toEqual(['A']);
  });

  test('that decrypt to something else are refused without being shown', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), (content) => {
        try {
          parseValues(Buffer.from(content), 'f');
        } catch (error) {
          expect(error).toMatchObject({ code: 'secret-file-invalid' });
          if (content.trim().length > 8) expect((error as Error).message).not.toContain(content);
        }
      }),
      { numRuns: RUNS },
    );
    expect(() => parseValues(Buffer.from('- a\n- b\n'), 'f')).toThrow(SluiceError);
  });
});
