import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSecretStore } from '#app/secrets.ts';
import { git, repository } from '../support/repository.ts';
import { PROGRAM } from '../support/sluice.ts';

/** Rounds of kills; the number that the project is held to is run with SLUICE_KILLS=100. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 12);
const KILL_TEST_MS = 60_000 + KILLS * 4_000;
const VALUE = ['kept', 'through', 'every', 'kill'].join('-');

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function sluice(
  folder: string,
  args: readonly string[],
  options: { input?: string; killAfterMs?: number; env?: Record<string, string> } = {},
): Promise<Run> {
  const env = { PATH: process.env['PATH'], HOME: folder, SLUICE_HOME: join(folder, 'home'), ...options.env };
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const timer =
    options.killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), options.killAfterMs);
  return new Promise((resolve) => {
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}

const storeOf = (folder: string) =>
  openSecretStore(folder, { clock: { now: () => new Date(0) }, environment: { SLUICE_HOME: join(folder, 'home') } });

describe('sluice secret', () => {
  test('sets from standard input, lists, removes, and shows no value anywhere', async () => {
    const folder = repository({ 'a.txt': 'a\n' });
    const set = await sluice(folder, ['secret', 'set', 'npm_token'], { input: `${VALUE}\n` });
    expect(set).toMatchObject({ status: 0, stdout: 'NPM_TOKEN is set (version 1).\n' });
    await sluice(folder, ['secret', 'set', 'NPM_TOKEN', '--environment', 'production', '--json'], {
      input: 'other value',
    });
    const list = await sluice(folder, ['secret', 'list', '--json']);
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'NPM_TOKEN', version: 1 }, { environment: 'production' }]);
    expect((await storeOf(folder).get('NPM_TOKEN'))?.reveal()).toBe(VALUE);
    const missing = await sluice(folder, ['secret', 'rm', 'OTHER']);
    expect(missing).toMatchObject({ status: 1, stdout: 'There is no OTHER.\n' });
    expect((await sluice(folder, ['secret', 'rm', 'NPM_TOKEN'])).status).toBe(0);
    for (const { stdout, stderr } of [set, list, missing]) expect(stdout + stderr).not.toContain(VALUE);
    expect(git(folder, 'check-ignore', '.sluice/secrets.json')).toContain('secrets.json');
  });

  test('an argument is never a value', async () => {
    const folder = repository({ 'a.txt': 'a\n' });
    const { status, stderr } = await sluice(folder, ['secret', 'set', 'A', VALUE]);
    expect(status).toBe(2);
    expect(stderr).not.toContain(VALUE);
  });

  test('a key that others can read is refused', async () => {
    const folder = repository({ 'a.txt': 'a\n' });
    await sluice(folder, ['secret', 'set', 'A'], { input: VALUE });
    const keys = join(folder, 'home/vault');
    for (const name of readdirSync(keys)) chmodSync(join(keys, name), 0o644);
    const { status, stderr } = await sluice(folder, ['secret', 'set', 'B'], { input: VALUE });
    expect(status).toBe(2);
    expect(stderr).toContain('can be read by others');
  });

  test('a store under a passphrase asks for it in the environment', async () => {
    const folder = repository({ 'sluice.yaml': 'vault:\n  masterKey: passphrase\n' });
    const env = { SLUICE_SECRETS_PASSPHRASE: 'a long passphrase' };
    expect((await sluice(folder, ['secret', 'set', 'A'], { input: VALUE, env })).status).toBe(0);
    expect(existsSync(join(folder, 'home/vault'))).toBe(false);
    const without = await sluice(folder, ['secret', 'set', 'A'], { input: VALUE });
    expect(without).toMatchObject({ status: 2 });
    expect(without.stderr).toContain('SLUICE_SECRETS_PASSPHRASE');
  });

  test(`${KILLS} kills while keys are rotated and values set: every value is still there`, {
    timeout: KILL_TEST_MS,
  }, async () => {
    const folder = repository({ 'a.txt': 'a\n' });
    await sluice(folder, ['secret', 'set', 'KEPT'], { input: VALUE });
    const started = performance.now();
    await sluice(folder, ['secret', 'rotate']);
    const usual = performance.now() - started;
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const args = round % 3 === 2 ? ['secret', 'set', 'CHANGED'] : ['secret', 'rotate'];
      const killAfterMs = usual * (0.3 + Math.random() * 0.8);
      const { status } = await sluice(folder, args, { input: `value ${round}`, killAfterMs });
      if (status === null) killed += 1;
      expect((await storeOf(folder).get('KEPT'))?.reveal()).toBe(VALUE);
      const changed = (await storeOf(folder).get('CHANGED'))?.reveal();
      if (changed !== undefined) expect(changed).toMatch(/^value \d+$/);
    }
    expect(killed).toBeGreaterThan(0);
    expect((await sluice(folder, ['secret', 'rotate'])).status).toBe(0);
    expect((await storeOf(folder).get('KEPT'))?.reveal()).toBe(VALUE);
  });
});
