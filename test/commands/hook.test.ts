import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git, repository } from '../support/repository.ts';
import { githubToken } from '../support/secrets.ts';
import { environment, PROGRAM, sluice, write } from '../support/sluice.ts';

const leak = (seed: string): string => `const token = '${githubToken(seed)}';\n`;

/** git as a person runs it, with the program on the search path. */
function person(folder: string) {
  const bin = join(folder, '../bin');
  mkdirSync(bin);
  symlinkSync(PROGRAM, join(bin, 'sluice'));
  const usual = environment(join(folder, '../home'));
  const env = {
    ...usual,
    PATH: `${bin}:${usual['PATH']}`,
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@shop.example',
  };
  const named = { ...env, GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@shop.example' };
  return (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8', env: named });
    return { status, output: stdout + stderr };
  };
}

function script(folder: string, name: string, text: string): void {
  write(folder, { [name]: `#!/bin/sh\n${text}\n` });
  chmodSync(join(folder, name), 0o755);
}

describe('pre-commit', () => {
  test('refuses a commit with a secret, in whichever way it is made, and lets a clean one pass', async () => {
    const folder = repository({ 'a.js': 'const a = 1;\n' });
    const run = person(folder);
    expect(await sluice(['hook', 'install'], folder)).toEqual({
      status: 0,
      signal: null,
      stdout: 'Wrote .git/hooks/pre-commit\n',
      stderr: '',
    });

    write(folder, { 'b.js': 'const b = 1;\n' });
    run('add', 'b.js');
    expect(run('commit', '-m', 'clean')).toMatchObject({ status: 0 });

    write(folder, { 'a.js': leak('hook') });
    for (const args of [
      ['commit', '-am', 'all that is tracked'],
      ['commit', '-m', 'one file', 'a.js'],
    ]) {
      const { status, output } = run(...args);
      expect({ args, status }).toEqual({ args, status: 1 });
      expect(output).toContain('a.js:1:16');
      expect(output).not.toContain(githubToken('hook').slice(4));
    }
    run('add', 'a.js');
    expect(run('commit', '-m', 'staged')).toMatchObject({ status: 1 });
    expect(run('log', '--format=%s').output).toBe('clean\nfirst\n');
    expect(run('commit', '--no-verify', '-m', 'by force')).toMatchObject({ status: 0 });
  });

  test('a hook that was there is kept, called first, and back after uninstalling', async () => {
    const folder = repository({});
    const run = person(folder);
    script(folder, '.git/hooks/pre-commit', 'echo called >> ../calls; [ ! -e deny ]');
    const before = readFileSync(join(folder, '.git/hooks/pre-commit'), 'utf8');
    await sluice(['hook', 'install'], folder);
    await sluice(['hook', 'install'], folder);
    expect(run('commit', '--allow-empty', '-m', 'kept')).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder, '../calls'), 'utf8')).toBe('called\n');
    write(folder, { deny: '' });
    expect(run('commit', '--allow-empty', '-m', 'denied by the other')).toMatchObject({ status: 1 });
    expect(await sluice(['hook', 'uninstall'], folder)).toMatchObject({
      status: 0,
      stdout: 'Removed .git/hooks/pre-commit\n',
    });
    expect(readFileSync(join(folder, '.git/hooks/pre-commit'), 'utf8')).toBe(before);
    expect(await sluice(['hook', 'uninstall'], folder)).toMatchObject({
      status: 0,
      stdout: 'No hook of sluice is installed.\n',
    });
  });

  test('works in a folder below, and in a second work tree', async () => {
    const folder = repository({ 'sub/a.txt': '' });
    const run = person(folder);
    await sluice(['hook', 'install', 'sub'], folder);
    expect(existsSync(join(folder, '.git/hooks/pre-commit'))).toBe(true);
    run('worktree', 'add', '-q', '../second');
    write(folder, { '../second/b.js': leak('second') });
    run('-C', '../second', 'add', '--all');
    expect(run('-C', '../second', 'commit', '-m', 'there')).toMatchObject({ status: 1 });
  });
});

test.each(['--local', '--global'])(
  'hooks that live elsewhere (%s) are not installed where nobody calls them',
  async (scope) => {
    const folder = repository({});
    mkdirSync(join(folder, '../home'));
    person(folder)('config', scope, 'core.hooksPath', '.husky');
    expect(await sluice(['hook', 'install'], folder)).toMatchObject({
      status: 2,
      stderr:
        'sluice: git looks for hooks in .husky here (core.hooksPath)\n' +
        '  Add the line `npx sluice scan --staged` to the pre-commit hook there.\n',
    });
  },
);

test('outside a repository', async () => {
  const folder = repository({});
  mkdirSync(join(folder, '../plain'));
  const { status, stderr } = await sluice(['hook', 'install', '../plain'], folder);
  expect(status).toBe(2);
  expect(stderr).toMatchSnapshot();
});

test('pre-push refuses what brings a secret, and lets the rest pass', async () => {
  const folder = repository({ 'a.js': '' });
  const run = person(folder);
  git(folder, 'init', '--quiet', '--bare', '../remote.git');
  run('remote', 'add', 'origin', '../remote.git');
  const { stdout } = await sluice(['hook', 'install', '--type', 'pre-push', 'pre-commit'], folder);
  expect(stdout).toBe('Wrote .git/hooks/pre-push\nWrote .git/hooks/pre-commit\n');

  expect(run('push', '-q', 'origin', 'main')).toMatchObject({ status: 0 });
  write(folder, { 'a.js': 'const a = 1;\n' });
  run('commit', '-qam', 'clean');
  expect(run('push', '-q', 'origin', 'main')).toMatchObject({ status: 0 });

  write(folder, { 'a.js': leak('push') });
  run('commit', '--no-verify', '-qam', 'leak');
  const refused = run('push', '-q', 'origin', 'main');
  expect(refused.status).toBe(1);
  expect(refused.output).toContain('a.js:1:16');
  expect(run('push', '-q', 'origin', 'main:other')).toMatchObject({ status: 1 });
  expect(run('ls-remote', 'origin').output).not.toContain(run('rev-parse', 'HEAD').output.trim());
  // Taken out again before the push: the commits that are pushed hold it still, on a new branch as on a known one.
  write(folder, { 'a.js': 'nothing\n' });
  run('commit', '-qam', 'taken out');
  expect(run('push', '-q', 'origin', 'main')).toMatchObject({ status: 1 });
  expect(run('push', '-q', 'origin', 'main:fresh')).toMatchObject({ status: 1 });
  // Nothing of it is pushed when a branch is only taken away.
  run('push', '-q', '--no-verify', 'origin', 'HEAD~1:refs/heads/old');
  expect(run('push', '-q', 'origin', '--delete', 'old')).toMatchObject({ status: 0 });
});
