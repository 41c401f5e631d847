import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { unixServiceHost } from '#adapters/service/unix-host.ts';
import { ArtifactStore } from './artifact-store.ts';
import { CacheStore, cacheScopes } from './cache-store.ts';
import { createJobService } from './job-service.ts';

/** A folder with `node_modules/@actions/{artifact,cache}`: the clients that real actions use. */
const TOOLKIT = process.env['SLUICE_CORPUS_TOOLKIT'];

const PROGRAM = `
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DefaultArtifactClient } from '@actions/artifact';
import { restoreCache, saveCache } from '@actions/cache';
const large = randomBytes(20 * 2 ** 20);
writeFileSync('large.bin', large);
writeFileSync('small.txt', 'small');
const client = new DefaultArtifactClient();
const { id } = await client.uploadArtifact('dist', ['large.bin', 'small.txt'].map((name) => process.cwd() + '/' + name), process.cwd());
const { artifacts } = await client.listArtifacts();
if (artifacts[0].name !== 'dist') throw new Error('not listed');
await client.downloadArtifact(id, { path: 'down' });
if (!readFileSync('down/large.bin').equals(large)) throw new Error('artifact differs');
await saveCache(['large.bin'], 'key-one');
rmSync('large.bin');
const hit = await restoreCache(['large.bin'], 'key-two', ['key-']);
if (hit !== 'key-one' || !readFileSync('large.bin').equals(large)) throw new Error('cache differs: ' + hit);
console.log('ALL GOOD');
`;

test.skipIf(TOOLKIT === undefined)('the official clients store and fetch artifacts and caches', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-toolkit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 's');
  const relay = await listenOnLoopback(socket);
  onTestFinished(() => void relay.close());
  const { port } = relay.address() as { port: number };
  const origin = `http://127.0.0.1:${port}`;
  const artifacts = new ArtifactStore(join(folder, 'artifacts'));
  const caches = new CacheStore(join(folder, 'cache'), cacheScopes(true, 'refs/heads/main', []));
  const now = (): Date => new Date();
  const job = createJobService({
    artifacts,
    caches,
    staging: join(folder, 'staging'),
    run: '1',
    job: 'a (b)',
    origin,
    now,
  });
  const host = await unixServiceHost.listen(socket, job.handle);
  onTestFinished(() => host.close());
  const workspace = join(TOOLKIT as string, `work-${process.pid}`);
  mkdirSync(workspace, { recursive: true });
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  writeFileSync(join(workspace, 'main.mjs'), PROGRAM);
  const env = {
    PATH: process.env['PATH'],
    RUNNER_TEMP: folder,
    GITHUB_WORKSPACE: workspace,
    GITHUB_SERVER_URL: 'http://sluice.localhost',
    ACTIONS_RESULTS_URL: `${origin}/`,
    ACTIONS_RUNTIME_TOKEN: job.token,
    ACTIONS_CACHE_SERVICE_V2: 'True',
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['main.mjs'], { cwd: workspace, env });
  expect(stdout).toContain('ALL GOOD');
  expect(artifacts.list()).toMatchObject([{ name: 'dist', job: 'a (b)' }]);
  expect(
    readFileSync(artifacts.fileOf(artifacts.list()[0] as never))
      .subarray(0, 2)
      .toString(),
  ).toBe('PK');
});

function listenOnLoopback(socket: string): Promise<Server> {
  const server = createServer((client) => {
    const upstream = createConnection(socket);
    client.pipe(upstream).pipe(client);
    for (const end of [client, upstream]) end.on('error', () => [client, upstream].map((each) => each.destroy()));
  });
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done(server));
  });
}
