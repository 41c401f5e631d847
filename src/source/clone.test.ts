import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitProgram } from '#adapters/git.ts';
import { cloneRepository, protocolOf } from './clone.ts';
import { Scratch } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q', '-b', 'main');
  scratch.write('a.txt');
  scratch.commit('first');
  scratch.write('b.txt');
  scratch.commit('second');
});
afterEach(() => scratch.remove());

const count = async (at: string): Promise<string> =>
  (await gitProgram.run(['rev-list', '--count', '--all'], { cwd: at })).toString().trim();

const leftBehind = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('sluice-clone-'));

describe('cloneRepository', () => {
  it('takes the newest commit, or the whole history', async () => {
    const url = `file://${scratch.folder}`;
    const shallow = await cloneRepository(url, { git: gitProgram, history: false });
    const whole = await cloneRepository(url, { git: gitProgram, history: true });
    expect([await count(shallow.path), await count(whole.path)]).toEqual(['1', '2']);
    expect(existsSync(path.join(shallow.path, 'hooks'))).toBe(false);
    await Promise.all([shallow.close(), whole.close()]);
    expect(existsSync(path.dirname(shallow.path))).toBe(false);
  });

  it('uses the git protocol where the address says so', async () => {
    const port = await freePort();
    const args = [
      'daemon',
      `--port=${port}`,
      '--listen=127.0.0.1',
      '--export-all',
      `--base-path=${scratch.root}`,
      '--reuseaddr',
    ];
    const daemon = spawn('git', args, { stdio: 'ignore', detached: true });
    try {
      const clone = await eventually(() =>
        cloneRepository(`git://127.0.0.1:${port}/target/.git`, { git: gitProgram, history: false }),
      );
      expect(await count(clone.path)).toBe('1');
      await clone.close();
    } finally {
      process.kill(-(daemon.pid as number));
    }
  });

  it('says what went wrong, without the password, and leaves nothing behind', async () => {
    const before = leftBehind();
    const clone = cloneRepository('https://me:hunter2@127.0.0.1:1/x.git', { git: gitProgram, history: false });
    const error = await clone.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'clone-failed', hint: expect.any(String) });
    expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    expect(leftBehind()).toEqual(before);
  });

  it('stops with the signal', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(
      cloneRepository(`file://${scratch.folder}`, { git: gitProgram, history: false, signal }),
    ).rejects.toThrow('stopped');
  });
});

describe('protocolOf', () => {
  it.each([
    ['https://example.org/a.git', 'https'],
    ['ssh://git@example.org/a.git', 'ssh'],
    ['git@example.org:owner/a.git', 'ssh'],
    ['git://example.org/a', 'git'],
    ['file:///srv/a', 'file'],
  ])('%s: %s', (url, expected) => {
    expect(protocolOf(url)).toBe(expected);
  });

  it.each([
    'ext::sh -c touch',
    'fd::17',
    '-oProxyCommand=x:y',
    'ssh://-oProxyCommand=x/y',
    '--upload-pack=x',
    'C:\\x',
    '/etc',
    'ftp://x/y',
    '',
  ])('refuses %j', (url) => {
    expect(() => protocolOf(url)).toThrow(expect.objectContaining({ code: 'url-unsupported' }));
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A daemon needs a moment to listen. */
async function eventually<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
