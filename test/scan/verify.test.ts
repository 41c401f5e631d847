import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Traces } from '../secrecy/traces.ts';
import { commit, git, repository } from '../support/repository.ts';
import { githubToken } from '../support/secrets.ts';
import { project, sluice, start, write } from '../support/sluice.ts';

const TOKEN = githubToken('verified');
const files = { 'a.js': `const token = '${TOKEN}';\n` };

interface Provider {
  readonly url: string;
  readonly requests: IncomingMessage[];
  readonly bodies: string[];
}

/** A provider on this machine that answers every question the same way. */
async function provider(answer: (response: ServerResponse) => void): Promise<Provider> {
  const requests: IncomingMessage[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      answer(response);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, bodies };
}

const asking = ({ url }: Provider, ...more: string[]): string[] => [
  'scan',
  '--verify',
  '--verify-endpoint',
  `github=${url}`,
  ...more,
];

async function report(answer: (response: ServerResponse) => void) {
  const asked = await provider(answer);
  const { status, stdout, stderr } = await sluice(asking(asked, '--json'), project(files));
  const { findings, problems } = JSON.parse(stdout);
  return { status, stderr, verification: findings[0].secret.verification, problems, ...asked, output: stdout + stderr };
}

test('alive: the provider is asked once, with the key in one header and nowhere else', async () => {
  const { status, verification, problems, requests, bodies, output } = await report((response) =>
    response.writeHead(200).end(JSON.stringify({ login: TOKEN })),
  );
  expect({ status, verification, problems }).toEqual({ status: 1, verification: 'active', problems: [] });
  expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /rate_limit']);
  const { authorization, ...others } = requests[0]?.headers ?? {};
  expect(authorization).toBe(`Bearer ${TOKEN}`);
  expect(JSON.stringify(others) + bodies.join('')).not.toContain(TOKEN.slice(4));
  expect(new Traces({ TOKEN }).in(output)).toEqual([]);
});

test('not alive', async () => {
  const { verification, problems } = await report((response) => response.writeHead(401).end());
  expect({ verification, problems }).toEqual({ verification: 'inactive', problems: [] });
});

const unanswered = [{ code: 'verification-unanswered', path: 'a.js', line: 1 }];

test.each<[string, (response: ServerResponse) => void]>([
  ['an error of the provider', (response) => response.writeHead(503).end()],
  ['a connection that breaks', (response) => response.destroy()],
])('%s settles nothing, and is a problem', async (_, answer) => {
  const { verification, problems, status, output } = await report(answer);
  expect({ verification, status }).toEqual({ verification: 'unknown', status: 1 });
  expect(problems).toMatchObject(unanswered);
  expect(new Traces({ TOKEN }).in(output)).toEqual([]);
});

test('nobody there settles nothing', async () => {
  const nobody = { url: 'http://127.0.0.1:1', requests: [], bodies: [] };
  const { stdout } = await sluice(asking(nobody, '--json'), project(files));
  expect(JSON.parse(stdout).problems).toMatchObject(unanswered);
});

test('a redirect is not followed, so that the key goes to nobody else', async () => {
  const other = await provider((response) => response.writeHead(200).end());
  const { verification, problems } = await report((response) =>
    response.writeHead(302, { location: `${other.url}/elsewhere` }).end(),
  );
  expect(verification).toBe('unknown');
  expect(problems).toMatchObject(unanswered);
  expect(other.requests).toEqual([]);
});

test('a key of history is asked about, too', async () => {
  const asked = await provider((response) => response.writeHead(200).end());
  const folder = repository(files);
  commit(folder, { 'a.js': '' }, 'gone');
  const { stdout } = await sluice(asking(asked, '--history', '--json'), folder);
  expect(JSON.parse(stdout).findings[0].secret.verification).toBe('active');
  expect(asked.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
});

test('a staged key is read from where it was found, and so is one of a file alone', async () => {
  const asked = await provider((response) => response.writeHead(200).end());
  const folder = repository({});
  write(folder, files);
  git(folder, 'add', '--all');
  write(folder, { 'a.js': `const other = '${'x'.repeat(60)}';\n` });
  const staged = await sluice(asking(asked, '--staged', '--json'), folder);
  expect(JSON.parse(staged.stdout).findings[0].secret.verification).toBe('active');
  write(folder, files);
  const alone = await sluice(asking(asked, '--json', 'a.js'), folder);
  expect(JSON.parse(alone.stdout).findings[0].secret.verification).toBe('active');
  expect(asked.requests.map(({ headers }) => headers.authorization)).toEqual(Array(2).fill(`Bearer ${TOKEN}`));
});

test('a key that stands there encoded is not asked about, rather than asked about wrongly', async () => {
  const asked = await provider((response) => response.writeHead(401).end());
  const encoded = { 'a.txt': `payload = "${Buffer.from(`token=${TOKEN}`).toString('base64')}"\n` };
  const { stdout } = await sluice(asking(asked, '--json'), project(encoded));
  const { findings, problems } = JSON.parse(stdout);
  expect(findings[0].secret.verification).toBe('unknown');
  expect(problems).toMatchObject([{ code: 'verification-unanswered', path: 'a.txt' }]);
  expect(asked.requests).toEqual([]);
});

test('what a person reads says that it is alive', async () => {
  const asked = await provider((response) => response.writeHead(200).end());
  const { stdout } = await sluice(asking(asked), project(files));
  expect(stdout).toContain('its provider accepts it now');
});

test.each([['gitbub=http://127.0.0.1:1'], ['github=ftp://127.0.0.1'], ['github']])(
  'an endpoint that is none is the user’s mistake: %s',
  async (endpoint) => {
    const { status, stderr } = await sluice(['scan', '--verify', '--verify-endpoint', endpoint], project(files));
    expect(status).toBe(2);
    expect(stderr).toContain('names no known provider and URL\n  Write PROVIDER=URL; providers: ');
  },
);

test('--offline and --verify exclude each other', async () => {
  expect(await sluice(['scan', '--offline', '--verify'], project(files))).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining("option '--offline' cannot be used with option '--verify'"),
  });
});

const guard = { node: ['--import', resolve('test/support/no-network.mjs')] };

test.each([
  ['a scan', ['scan', '--workers', '2']],
  ['a scan of history', ['scan', '--history']],
  ['an endpoint without --verify', ['scan', '--verify-endpoint', 'github=http://127.0.0.1:1']],
])('%s uses no network', async (_, args) => {
  const { status, stderr } = await start(args, repository(files), guard).ended;
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
});

test('that is seen when it happens', async () => {
  const { status, stderr } = await start(['scan', '--verify'], project(files), guard).ended;
  expect({ status, stderr }).toEqual({ status: 99, stderr: expect.stringMatching(/^network used: /) });
});
