import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repository } from '../support/repository.ts';
import { PROGRAM } from '../support/sluice.ts';

/** Rounds of kills; the number that the project is held to is run with SLUICE_KILLS=100. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 10);
const KILL_TEST_MS = 60_000 + KILLS * 4_000;
const FILES = 40;

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

function sluice(folder: string, args: readonly string[], killAfterMs?: number): Promise<Run> {
  const started = performance.now();
  const env = { PATH: process.env['PATH'], HOME: folder, SLUICE_HOME: join(folder, '..', 'home') };
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.once('exit', (status) => {
      clearTimeout(timer);
      setImmediate(() => resolve({ status, stdout, stderr, ms: performance.now() - started }));
    });
  });
}

/** An artifact whose files all hold the same text, so that half a release would show. */
const artifact = (name: string): Record<string, string> =>
  Object.fromEntries(Array.from({ length: FILES }, (_, index) => [`${name}/file-${index}.txt`, name]));

const ANYBODY = "rules: [{ name: anybody, when: 'false' }]";
const served = (site: string): string[] => [
  ...new Set(
    Array.from({ length: FILES }, (_, index) => readFileSync(join(site, 'current', `file-${index}.txt`), 'utf8')),
  ),
];

describe('sluice deploy to a folder', () => {
  const sluiceYaml = `environments:\n  site:\n    kind: folder\n    folder: site\n    ${ANYBODY}\n  strict:\n    kind: folder\n    folder: strict\n`;

  test('takes nothing without evidence, and says what is missing', async () => {
    const folder = repository({ 'sluice.yaml': sluiceYaml, ...artifact('one') });
    const { status, stdout } = await sluice(folder, ['deploy', 'strict', 'one']);
    expect(status).toBe(1);
    expect(stdout).toContain('strict does not take one');
    expect(stdout).toContain('scanned-and-passed');
    expect(existsSync(join(folder, 'strict/current'))).toBe(false);
    expect((await sluice(folder, ['deploy', 'nowhere', 'one'])).stderr).toContain('There are: site, strict.');
  });

  test('a rule with a mistake is found before and at the deployment, with its place', async () => {
    const folder = repository({
      'sluice.yaml': `environments:\n  site:\n    kind: folder\n    folder: site\n    rules:\n      - name: wrong\n        when: evidence.provenence.present\n`,
      ...artifact('one'),
    });
    for (const args of [
      ['config', 'check'],
      ['deploy', 'site', 'one'],
    ]) {
      const { status, stdout, stderr } = await sluice(folder, args);
      expect(status).toBe(2);
      expect(stdout + stderr).toMatch(/sluice\.yaml:7:\d+/);
    }
  });

  test('switches, goes back within seconds, and tells drift', async () => {
    const folder = repository({ 'sluice.yaml': sluiceYaml, ...artifact('one'), ...artifact('two') });
    expect((await sluice(folder, ['drift', 'site'])).stdout).toBe('Nothing is deployed to site.\n');
    expect((await sluice(folder, ['deploy', 'site', 'one'])).status).toBe(0);
    expect((await sluice(folder, ['deploy', 'site', 'two', '--json'])).stdout).toContain('"action": "deployed"');
    expect(served(join(folder, 'site'))).toEqual(['two']);
    const back = await sluice(folder, ['deploy', 'site', '--rollback']);
    expect(back.status).toBe(0);
    expect(back.ms).toBeLessThan(10_000);
    expect(served(join(folder, 'site'))).toEqual(['one']);
    expect((await sluice(folder, ['drift', 'site'])).status).toBe(0);
    writeFileSync(join(folder, 'site/current/file-7.txt'), 'changed');
    const drift = await sluice(folder, ['drift', 'site']);
    expect(drift.status).toBe(1);
    expect(drift.stdout).toContain('changed  file-7.txt');
    expect((await sluice(folder, ['environments'])).stdout).toMatch(
      /^site +folder +one \(gittree:[0-9a-f]{12}\) since /,
    );
  });

  test(`${KILLS} kills at random moments: the old release is live or the new one, and the next deployment works`, {
    timeout: KILL_TEST_MS,
  }, async () => {
    const folder = repository({ 'sluice.yaml': sluiceYaml, ...artifact('one'), ...artifact('two') });
    const site = join(folder, 'site');
    const { ms } = await sluice(folder, ['deploy', 'site', 'one']);
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const name = round % 2 === 0 ? 'two' : 'one';
      const { status } = await sluice(folder, ['deploy', 'site', name], ms * (0.3 + Math.random() * 0.7));
      if (status === null) killed += 1;
      const now = served(site);
      expect(now).toHaveLength(1);
      expect(['one', 'two']).toContain(now[0]);
    }
    expect(killed).toBeGreaterThan(0);
    expect((await sluice(folder, ['deploy', 'site', 'one'])).status).toBe(0);
    expect((await sluice(folder, ['deploy', 'site', 'two'])).status).toBe(0);
    expect(served(site)).toEqual(['two']);
    expect(await sluice(folder, ['drift', 'site'])).toMatchObject({ status: 0 });
    expect((await sluice(folder, ['evidence', 'verify'])).status).toBe(0);
    expect(readdirSync(site).sort()).toEqual(['.sluice', 'current', 'releases']);
  });
});

describe('sluice deploy to processes', () => {
  const server = (name: string): string =>
    `require('node:http').createServer((q, r) => r.end('${name}')).listen(process.env.PORT, process.env.HOST)`;

  async function freePort(): Promise<number> {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    await new Promise((resolve) => listener.close(resolve));
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  const ask = (port: number): Promise<string> =>
    new Promise((resolve) => {
      const failed = (error: Error): void => resolve(`failed: ${error.message}`);
      get({ host: '127.0.0.1', port, agent: false }, (answer) => {
        let body = '';
        answer.on('data', (chunk) => {
          body += String(chunk);
        });
        answer.once('error', failed).once('end', () => resolve(`${answer.statusCode} ${body}`));
      }).once('error', failed);
    });

  test('cuts over and goes back with no request lost, and keeps what works', async () => {
    const port = await freePort();
    const yaml = `environments:\n  web:\n    kind: process\n    folder: web\n    port: ${port}\n    drain: 1\n    command: [${JSON.stringify(process.execPath)}, server.cjs]\n    health: { http: /, within: 10 }\n    ${ANYBODY}\n`;
    const folder = repository({
      'sluice.yaml': yaml,
      'one/server.cjs': server('one'),
      'two/server.cjs': server('two'),
      'bad/server.cjs': 'process.exit(1)',
    });
    onTestFinished(() => {
      const { pid } = JSON.parse(readFileSync(join(folder, 'web/.sluice/front.json'), 'utf8')) as { pid: number };
      process.kill(pid, 'SIGTERM');
    });
    expect(await sluice(folder, ['deploy', 'web', 'one'])).toMatchObject({ status: 0 });
    const answers = new Set<string>();
    let running = true;
    const clients = Array.from({ length: 4 }, async () => {
      while (running) answers.add(await ask(port));
    });
    expect(await sluice(folder, ['deploy', 'web', 'two'])).toMatchObject({ status: 0 });
    expect(await sluice(folder, ['deploy', 'web', 'bad'])).toMatchObject({ status: 1 });
    const back = await sluice(folder, ['deploy', 'web', '--rollback']);
    expect(back).toMatchObject({ status: 0 });
    expect(back.ms).toBeLessThan(10_000);
    running = false;
    await Promise.all(clients);
    expect([...answers].sort()).toEqual(['200 one', '200 two']);
    expect(await ask(port)).toBe('200 one');
    expect(await sluice(folder, ['drift', 'web'])).toMatchObject({ status: 0 });
  });
});
