import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ZipFile } from 'yazl';
import { Secret } from '#core/secret.ts';
import type { ServiceAnswer } from '#core/service.ts';
import { Masker } from '../mask/masker.ts';
import { objectionToArchive } from './archive-secrets.ts';
import { ArtifactStore } from './artifact-store.ts';
import { CacheStore, cacheScopes } from './cache-store.ts';
import { createJobService } from './job-service.ts';
import { isInnerPath, objectionToName } from './names.ts';

const MAIN = 'refs/heads/main';

function service({ trusted = true, ref = MAIN, folder = temporary(), mostBytes = 1_000 } = {}) {
  const artifacts = new ArtifactStore(join(folder, 'artifacts'));
  const caches = new CacheStore(join(folder, 'cache'), cacheScopes(trusted, ref, [MAIN]));
  const now = (): Date => new Date('2026-11-24T12:00:00Z');
  const staging = join(folder, 'staging');
  const job = createJobService({
    artifacts,
    caches,
    staging,
    run: '7',
    job: 'build',
    origin: 'http://127.0.0.1:1',
    now,
    mostBytes,
  });
  const send = async (method: string, url: string, body: string | Buffer, token = job.token) => {
    const chunks = async function* (): AsyncGenerator<Buffer> {
      yield Buffer.from(body);
    };
    return job.handle({ method, url, headers: { authorization: `Bearer ${token}` }, body: chunks() });
  };
  const call = async (name: string, fields: object, token?: string): Promise<Record<string, unknown>> => {
    const answer = await send('POST', `/twirp/github.actions.results.api.v1.${name}`, JSON.stringify(fields), token);
    return { status: answer.status, ...(JSON.parse(answer.body as string) as Record<string, unknown>) };
  };
  return { artifacts, folder, send, call, token: job.token };
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const pathOf = (url: unknown): string => String(url).replace('http://127.0.0.1:1', '');

async function textOf({ body }: ServiceAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('artifacts', () => {
  test('in blocks, put in order by the list, and read back in ranges', async () => {
    const { call, send, artifacts } = service();
    const upload = pathOf(
      (await call('ArtifactService/CreateArtifact', { name: 'dist', version: 7 }))['signed_upload_url'],
    );
    await send('PUT', `${upload}&comp=block&blockid=Mg%3D%3D`, 'world');
    await send('PUT', `${upload}&comp=block&blockid=MQ%3D%3D`, 'hello ');
    expect(
      await send(
        'PUT',
        `${upload}&comp=blocklist`,
        '<BlockList><Latest>MQ==</Latest><Latest>Mg==</Latest></BlockList>',
      ),
    ).toMatchObject({ status: 201 });
    expect(await call('ArtifactService/FinalizeArtifact', { name: 'dist', size: '11' })).toMatchObject({
      ok: true,
      artifact_id: '1',
    });
    const [stored] = artifacts.list();
    expect(stored).toMatchObject({ name: 'dist', bytes: 11, job: 'build' });
    expect(readFileSync(artifacts.fileOf(stored as never), 'utf8')).toBe('hello world');
    const signed = pathOf((await call('ArtifactService/GetSignedArtifactURL', { name: 'dist' }))['signed_url']);
    expect(await textOf(await send('GET', signed, ''))).toBe('hello world');
    expect(await call('ArtifactService/ListArtifacts', { nameFilter: { value: 'dist' } })).toMatchObject({
      artifacts: [{ name: 'dist', size: '11' }],
    });
    expect(await call('ArtifactService/CreateArtifact', { name: 'dist' })).toMatchObject({ status: 409 });
    expect(await call('ArtifactService/DeleteArtifact', { name: 'dist' })).toMatchObject({ ok: true });
    expect(artifacts.list()).toEqual([]);
  });

  test('nothing without the token of the job, nothing under a name that is a path, nothing too large, nothing half', async () => {
    const { call, send, artifacts } = service({ mostBytes: 10 });
    expect(await call('ArtifactService/ListArtifacts', {}, 'other')).toMatchObject({ status: 401 });
    for (const name of ['../x', '/etc/x', '..', 'a\\b', 'a\0b', 'x'.repeat(300)]) {
      expect(await call('ArtifactService/CreateArtifact', { name }), name).toMatchObject({ status: 400 });
    }
    const upload = pathOf((await call('ArtifactService/CreateArtifact', { name: 'a' }))['signed_upload_url']);
    expect(await call('ArtifactService/FinalizeArtifact', { name: 'a' })).toMatchObject({ status: 400 });
    expect(await send('PUT', upload, 'x'.repeat(11))).toMatchObject({ status: 413 });
    expect(await send('PUT', `${upload}&comp=blocklist`, '<Latest>none</Latest>')).toMatchObject({ status: 400 });
    await send('PUT', upload, 'x');
    expect(await call('ArtifactService/FinalizeArtifact', { name: 'a', hash: { value: 'sha256:0' } })).toMatchObject({
      status: 400,
    });
    expect(artifacts.list()).toEqual([]);
    expect(await send('GET', `/blob/${'0'.repeat(64)}`, '')).toMatchObject({ status: 404 });
    expect(await send('GET', '/blob/../../etc/passwd', '')).toMatchObject({ status: 404 });
  });

  test.each(['', '.', 'a//b', '../a', 'a/..', '/a', 'a\\b', 'a\nb'])('the path %j leaves its folder', (path) => {
    expect(isInnerPath(path)).toBe(false);
  });
  test('usual names and paths are fine', () => {
    expect([isInnerPath('a/b.c/d e'), objectionToName('dist (linux, 3.12)')]).toEqual([true, undefined]);
  });
});

describe('caches', () => {
  const save = async ({ call, send }: ReturnType<typeof service>, key: string, content: string): Promise<unknown> => {
    const { ok, signed_upload_url } = await call('CacheService/CreateCacheEntry', { key, version: 'v1' });
    if (ok !== true) return ok;
    await send('PUT', pathOf(signed_upload_url), content);
    return (await call('CacheService/FinalizeCacheEntryUpload', { key, version: 'v1', size_bytes: '1' }))['ok'];
  };
  const restore = async ({ call, send }: ReturnType<typeof service>, key: string, ...restore_keys: string[]) => {
    const answer = await call('CacheService/GetCacheEntryDownloadURL', { key, restore_keys, version: 'v1' });
    return answer['ok'] === true ? textOf(await send('GET', pathOf(answer['signed_download_url']), '')) : undefined;
  };

  test('are found by key, by the start of a key, and never change', async () => {
    const one = service();
    expect(await save(one, 'npm-abc', 'first')).toBe(true);
    expect(await save(one, 'npm-abc', 'second')).toBe(false);
    expect(await restore(one, 'npm-abc')).toBe('first');
    expect(await restore(one, 'npm-xyz', 'npm-')).toBe('first');
    expect(await restore(one, 'npm-xyz', 'yarn-')).toBeUndefined();
  });

  test('of an untrusted run are never read by a trusted one, though it reads theirs', async () => {
    const folder = temporary();
    const stranger = service({ folder, trusted: false, ref: MAIN });
    const own = service({ folder });
    expect(await save(stranger, 'deps', 'poisoned')).toBe(true);
    expect(await restore(own, 'deps', 'd')).toBeUndefined();
    expect(await save(own, 'deps', 'clean')).toBe(true);
    expect(await restore(own, 'deps')).toBe('clean');
    expect(await restore(stranger, 'deps')).toBe('poisoned');
    const other = service({ folder, trusted: false, ref: 'refs/pull/2/merge' });
    expect(await restore(other, 'deps')).toBe('clean');
  });

  test('of another branch are not read', async () => {
    const folder = temporary();
    expect(await save(service({ folder, ref: 'refs/heads/topic' }), 'deps', 'topic')).toBe(true);
    expect(await restore(service({ folder }), 'deps')).toBeUndefined();
  });
});

test('an archive that holds a secret of the job is not kept, packed or not', async () => {
  const value = ['very', 'secret', 'value', '42'].join('-');
  const masker = new Masker();
  masker.add(new Secret(value));
  const folder = temporary();
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(`start ${value} end`.repeat(100)), 'a/b.txt');
  zip.end();
  const archive = join(folder, 'x.zip');
  await pipeline(zip.outputStream, createWriteStream(archive));
  expect(await objectionToArchive(masker, archive)).toMatch(/secret/);
  expect(await objectionToArchive(new Masker(), archive)).toBeUndefined();
  writeFileSync(archive, `no zip: ${Buffer.from(value).toString('base64')}`);
  expect(await objectionToArchive(masker, archive)).toMatch(/secret/);
});

test.each([
  ['gzip', gzipSync],
  ['zstd', zstdCompressSync],
] as const)('a cache packed with %s is looked into', async (_, pack) => {
  const value = `v${'9d3f'.repeat(8)}`;
  const masker = new Masker();
  masker.add(new Secret(value), 'a secret');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-packed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const archive = join(folder, 'cache');
  const filler = Buffer.alloc(200_000, 'padding ');
  writeFileSync(archive, pack(Buffer.concat([filler, Buffer.from(`token=${value}\n`), filler])));
  expect(await objectionToArchive(masker, archive)).toMatch(/secret/);
  writeFileSync(archive, pack(filler));
  expect(await objectionToArchive(masker, archive)).toBeUndefined();
  writeFileSync(archive, pack(filler).subarray(0, 30));
  expect(await objectionToArchive(masker, archive)).toMatch(/damaged/);
});
