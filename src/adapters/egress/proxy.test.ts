import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp, type IncomingMessage, type Server } from 'node:http';
import { connect, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetworkPolicy } from '#core/sandbox.ts';
import type { Tried } from './exchange.ts';
import { type Egress, openEgress } from './proxy.ts';
import type { Resolve } from './route.ts';

let folder: string;
let web: Server;
let port: number;
let seen: { method: string | undefined; url: string | undefined; host: string | undefined; body: string }[];
let tried: Tried[];
let egress: Egress | undefined;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'egress-'));
  seen = [];
  tried = [];
  web = createHttp((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, host: request.headers.host, body });
      if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` });
      response.end(request.url === '/secret' ? 'the secret' : 'welcome');
    });
  });
  port = await listen(web);
});

afterEach(async () => {
  await egress?.close();
  web.closeAllConnections();
  web.close();
  rmSync(folder, { recursive: true, force: true });
});

const listen = (server: Server | ReturnType<typeof createTcp>): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });

async function open(
  allow: readonly string[],
  resolve: Resolve = async () => ['127.0.0.1'],
  mode: NetworkPolicy['mode'] = 'allow',
) {
  const socket = path.join(folder, 'proxy.sock');
  egress = await openEgress({ socket, policy: { mode, allow }, onTried: (each) => tried.push(each), resolve });
  return egress;
}

/** Sends bytes to the proxy as they are, and gives what comes back until it closes or is silent. */
function send(text: string, then = ''): Promise<string> {
  return new Promise((resolve) => {
    const client = connect(path.join(folder, 'proxy.sock'));
    let answer = '';
    client.setTimeout(700, () => client.destroy());
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => {
      if (answer === '' && then !== '') client.write(Buffer.from(then, 'latin1'));
      answer += chunk.toString('latin1');
    });
    client.once('close', () => resolve(answer));
    client.write(text);
  });
}

const get = (url: string, headers = ''): string =>
  `GET ${url} HTTP/1.1\r\nHost: ignored\r\n${headers}Connection: close\r\n\r\n`;
/** A host that the list names, at an address that it names as well, since the server of the test is on the loopback. */
const allowed = (): string[] => [`fine.test:${port}`, `127.0.0.1:${port}`];

describe('what is listed', () => {
  it('is reached, counted, and told apart by the password of a step', async () => {
    const { passwordOf } = await open(allowed());
    const given = Buffer.from(`sluice:${passwordOf('build')}`).toString('base64');
    expect(await send(get(`http://fine.test:${port}/a?b`, `Proxy-Authorization: Basic ${given}\r\n`))).toContain(
      'welcome',
    );
    expect(seen).toMatchObject([{ url: '/a?b', host: `fine.test:${port}` }]);
    expect(tried).toMatchObject([{ step: 'build', host: 'fine.test', port, allowed: true }]);
    expect(tried[0]?.bytesSent).toBeGreaterThan(50);
    expect(tried[0]?.bytesReceived).toBeGreaterThan(50);
  });

  it('takes bodies with and without a length', async () => {
    await open(allowed());
    await send(
      `POST http://fine.test:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello`,
    );
    await send(
      `POST http://fine.test:${port}/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
    expect(seen.map(({ body }) => body)).toEqual(['hello', 'hello']);
  });

  it('is not known by a password that nobody has', async () => {
    await open(allowed());
    await send(get(`http://fine.test:${port}/`, 'Proxy-Authorization: Basic c2x1aWNlOmd1ZXNz\r\n'));
    expect(tried).toMatchObject([{ step: 'job', allowed: true }]);
  });
});

describe('what is refused', () => {
  const reasons = (): (string | undefined)[] => tried.map(({ reason }) => reason);

  it('a host that is not listed, and everything where the network is closed', async () => {
    await open(allowed());
    expect(await send(get(`http://other.test:${port}/`))).toMatch(/^HTTP\/1.1 403 [\s\S]*not-listed/);
    await egress?.close();
    rmSync(path.join(folder, 'proxy.sock'), { force: true });
    await open(allowed(), undefined, 'closed');
    expect(await send(get(`http://fine.test:${port}/`))).toMatch(/^HTTP\/1.1 403/);
    expect(seen).toEqual([]);
  });

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '192.168.0.1', '100.64.0.1', '[64:ff9b::7f00:1]'])(
    'the address %s that no rule names',
    async (address) => {
      await open([], undefined, 'learn');
      expect(await send(get(`http://${address}:${port}/secret`))).toMatch(/^HTTP\/1.1 403/);
      expect(reasons()).toEqual(['private-address']);
      expect(seen).toEqual([]);
    },
  );

  it.each(['127.1', '2130706433', '0x7f.1', '017700000001'])(
    'the address %s that is written as a riddle',
    async (address) => {
      await open([], undefined, 'learn');
      expect(await send(get(`http://${address}:${port}/secret`))).toMatch(/^HTTP\/1.1 40[03]/);
      expect(seen).toEqual([]);
    },
  );

  it('where clouds tell credentials, also by name and through CONNECT', async () => {
    await open([], async () => ['169.254.169.254'], 'learn');
    await send(get('http://169.254.169.254/latest/meta-data/'));
    await send(get('http://metadata.test/'));
    await send('CONNECT metadata.test:443 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(reasons()).toEqual(['metadata-address', 'metadata-address', 'metadata-address']);
  });

  it('a listed name that points inward, the first time or the second', async () => {
    let times = 0;
    await open([`rebind.test:${port}`], async () => (times++ === 0 ? ['203.0.113.1'] : ['127.0.0.1']));
    await send(get(`http://rebind.test:${port}/secret`));
    await send(get(`http://rebind.test:${port}/secret`));
    expect(times).toBe(2);
    expect(reasons()).not.toContain(undefined);
    expect(seen).toEqual([]);
  });

  it('a redirect inward, when the client follows it', async () => {
    await open(['fine.test', `fine.test:${port}`, `127.0.0.1:${port}`].slice(0, 2), async () => ['127.0.0.1']);
    await egress?.close();
    rmSync(path.join(folder, 'proxy.sock'), { force: true });
    const other = createHttp((_request, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end(),
    );
    const first = await listen(other);
    await open([`fine.test:${first}`, `127.0.0.1:${first}`]);
    const answer = await send(get(`http://fine.test:${first}/`));
    const location = /location: (\S+)/i.exec(answer)?.[1] ?? '';
    expect(location).toContain('/secret');
    expect(await send(get(location))).toMatch(/^HTTP\/1.1 403/);
    expect(seen).toEqual([]);
    other.close();
  });

  it('CONNECT to a port that is not listed', async () => {
    await open(['fine.test', '127.0.0.1']);
    expect(await send(`CONNECT fine.test:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1.1 403/);
    expect(await send('CONNECT fine.test:22 HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 403/);
  });
});

describe('what is smuggled', () => {
  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 50\r\n'],
    ['a length and chunks', 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'],
    ['a length that is none', 'Content-Length: +5\r\n'],
    ['chunks by another name', 'Transfer-Encoding: xchunked\r\n'],
    ['chunks behind a space', 'Transfer-Encoding : chunked\r\n'],
    ['chunks on a folded line', 'Transfer-Encoding:\r\n chunked\r\n'],
  ])('%s is refused, or written anew so that both sides read the same', async (_name, headers) => {
    await open(allowed());
    const inner = `GET http://127.0.0.1:${port}/secret HTTP/1.1\r\nHost: x\r\n\r\n`;
    await send(`POST http://fine.test:${port}/ HTTP/1.1\r\nHost: x\r\n${headers}\r\n0\r\n\r\n${inner}`);
    expect(seen.filter(({ url }) => url === '/secret')).toEqual(
      seen.length > 1 ? [expect.objectContaining({ method: 'GET' })] : [],
    );
    expect(seen.filter(({ host }) => host === 'x')).toEqual([]);
  });

  it('the body of a GET stays a body', async () => {
    await open(allowed());
    const body = `GET /secret HTTP/1.1\r\nHost: x\r\n\r\n`;
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    for (const headers of [
      'Transfer-Encoding: chunked\r\n',
      `Content-Length: ${body.length}\r\nConnection: content-length\r\n`,
    ]) {
      await send(
        `GET http://fine.test:${port}/ HTTP/1.1\r\nHost: x\r\n${headers}\r\n${headers.startsWith('T') ? chunk : body}`,
      );
    }
    expect(seen.map(({ url }) => url)).toEqual(['/', '/']);
  });

  it.each([
    'http://fine.test@other.test/',
    'http://fine.test%2eother.test/',
    'http://other.test\\@fine.test/',
    'https://fine.test/',
    '/relative',
    'http://fine.test:99999/',
    'ftp://fine.test/',
  ])('the address %s is refused', async (url) => {
    await open(['fine.test', '127.0.0.1']);
    expect(await send(get(url))).toMatch(/^HTTP\/1.1 40[03]/);
    expect(tried.filter((each) => each.allowed)).toEqual([]);
  });
});

/** The least hello of TLS that names a server. */
function hello(name: string): string {
  const bytes = (...parts: (number[] | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));
  const sized = (size: number, body: Buffer): Buffer => {
    const length = Buffer.alloc(size);
    length.writeUIntBE(body.length, 0, size);
    return bytes(length, body);
  };
  const server = bytes([0], sized(2, Buffer.from(name)));
  const extensions = bytes([0, 0], sized(2, sized(2, server)));
  const body = bytes([3, 3], Buffer.alloc(32), [0], [0, 2, 0x13, 1], [1, 0], sized(2, extensions));
  return bytes([22, 3, 1], sized(2, bytes([1], sized(3, body)))).toString('latin1');
}

describe('a tunnel', () => {
  it('does not let an allowed host front for another', async () => {
    let bytes = 0;
    const server = createTcp((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        socket.end('answer');
      });
    });
    const named = await listen(server);
    await open([`fine.test:${named}`, `127.0.0.1:${named}`]);
    const ask = (name: string) => send(`CONNECT fine.test:${named} HTTP/1.1\r\nHost: x\r\n\r\n`, hello(name));
    expect(await ask('other.test')).not.toContain('answer');
    expect(bytes).toBe(0);
    expect(tried.at(-1)).toMatchObject({ allowed: false, reason: 'name-mismatch' });
    expect(await ask('fine.test')).toContain('answer');
    await expect.poll(() => tried.at(-1)).toMatchObject({ allowed: true, host: 'fine.test' });
    server.close();
  });

  it('passes nothing but TLS, unless the list names the port', async () => {
    let bytes = '';
    const server = createTcp((socket) => void socket.on('data', (chunk) => (bytes += chunk.toString('latin1'))));
    const named = await listen(server);
    await open([`fine.test:${named}`, `127.0.0.1:${named}`]);
    await send(`CONNECT fine.test:${named} HTTP/1.1\r\nHost: x\r\n\r\n`, 'SSH-2.0-client\r\n');
    expect(bytes).toContain('SSH-2.0');
    server.close();
  });
});
