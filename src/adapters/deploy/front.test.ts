import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { HealthCheck } from '#core/deploy.ts';
import { RunningFront } from './front.ts';

const SERVER = (name: string, options: { broken?: boolean; slowMs?: number } = {}): string => `
const { createServer } = require('node:http');
${options.broken === true ? 'process.exit(3);' : ''}
const server = createServer((request, response) => {
  if (request.url === '/slow') setTimeout(() => response.end('${name}'), ${options.slowMs ?? 600});
  else if (request.url === '/pid') response.end(String(process.pid));
  else response.end('${name}');
});
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
  socket.pipe(socket);
});
server.listen(Number(process.env.PORT), process.env.HOST);
`;

const open: { front?: RunningFront; folder: string }[] = [];
afterEach(async () => {
  for (const { front, folder } of open.splice(0)) {
    await front?.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

const health = (port: number): HealthCheck => ({ kind: 'http', port, path: '/', timeoutMs: 1_000, withinMs: 10_000 });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function environment(releases: Readonly<Record<string, string>>, drainMs = 5_000) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-front-'));
  for (const [name, server] of Object.entries(releases)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'server.cjs'), server);
  }
  const port = await freePort();
  const state: { live: string | undefined } = { live: undefined };
  const start = async (): Promise<RunningFront> =>
    await RunningFront.start({
      port,
      drainMs,
      command: [process.execPath, 'server.cjs'],
      variables: {},
      health,
      log: join(folder, 'log'),
      leftovers: join(folder, 'processes.json'),
      folderOf: (release) => join(folder, release),
      live: () => state.live,
      switchTo: (release) => {
        state.live = release;
      },
    });
  const front = await start();
  const entry = { front, folder };
  open.push(entry);
  return { front, port, state, folder, start, entry };
}

function ask(port: number, path = '/', agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, ...(agent === undefined ? {} : { agent }) }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += String(chunk);
      });
      answer.once('error', reject);
      answer.once('end', () => resolve(`${answer.statusCode} ${body}`));
    }).once('error', reject);
  });
}

test('no request fails while releases are switched under load', async () => {
  const { front, port } = await environment({ one: SERVER('one'), two: SERVER('two') });
  expect(await ask(port)).toBe('503 No release is live.\n');
  expect(await front.activate('one')).toBeUndefined();
  let running = true;
  const answers = new Map<string, number>();
  const client = async (keepAlive: boolean): Promise<void> => {
    const agent = new Agent({ keepAlive, maxSockets: 1 });
    while (running) {
      const answer = await ask(port, '/', agent).catch((error: Error) => `failed: ${error.message}`);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 16 }, (_, index) => client(index % 2 === 0));
  for (const release of ['two', 'one', 'two', 'one', 'two']) {
    expect(await front.activate(release)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  running = false;
  await Promise.all(clients);
  expect([...answers.keys()].sort()).toEqual(['200 one', '200 two']);
  expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(500);
});

test('a request that the old release has is answered by it', async () => {
  const { front, port } = await environment({ one: SERVER('one'), two: SERVER('two') });
  await front.activate('one');
  const slow = ask(port, '/slow');
  await new Promise((resolve) => setTimeout(resolve, 100));
  await front.activate('two');
  expect(await ask(port)).toBe('200 two');
  expect(await slow).toBe('200 one');
});

test('a release that does not work changes nothing', async () => {
  const { front, port, state } = await environment({ one: SERVER('one'), two: SERVER('two', { broken: true }) });
  await front.activate('one');
  expect(await front.activate('two')).toContain('ended before it worked');
  expect(await ask(port)).toBe('200 one');
  expect(state.live).toBe('one');
});

test('a live release that ends is started again', async () => {
  const { front, port } = await environment({ one: SERVER('one') });
  await front.activate('one');
  const [, pid] = (await ask(port, '/pid')).split(' ');
  process.kill(Number(pid), 'SIGKILL');
  await expect.poll(async () => await ask(port).catch(() => ''), { timeout: 10_000 }).toBe('200 one');
  expect((await ask(port, '/pid')).split(' ')[1]).not.toBe(pid);
});

test('a front that starts again has the live release, and ends what the one before left', async () => {
  const made = await environment({ one: SERVER('one') });
  await made.front.activate('one');
  const [, pid] = (await ask(made.port, '/pid')).split(' ');
  const left = readFileSync(join(made.folder, 'processes.json'), 'utf8');
  await made.front.close();
  writeFileSync(join(made.folder, 'processes.json'), left);
  made.entry.front = await made.start();
  expect(await ask(made.port)).toBe('200 one');
  expect(() => process.kill(Number(pid), 0)).toThrow();
});

test('an upgraded connection is passed through', async () => {
  const { front, port } = await environment({ one: SERVER('one') }, 100);
  await front.activate('one');
  const socket = connect(port, '127.0.0.1');
  let seen = '';
  socket.on('data', (chunk) => {
    seen += String(chunk);
    if (seen.endsWith('\r\n\r\n')) socket.write('hello');
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
  await expect.poll(() => seen).toContain('hello');
  socket.destroy();
});
