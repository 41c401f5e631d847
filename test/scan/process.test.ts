import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { repository } from '../support/repository.ts';
import { githubToken } from '../support/secrets.ts';
import { environment, PROGRAM, project, sluice, start } from '../support/sluice.ts';

/** A git that tells when it is asked for something, and then never answers. */
function stuckGit(folder: string, command: string): { readonly path: string; readonly asked: Promise<void> } {
  const bin = join(folder, '..', 'bin');
  const mark = join(bin, 'asked');
  mkdirSync(bin);
  const real = spawnSync('which', ['git'], { encoding: 'utf8' }).stdout.trim();
  const script = `#!/bin/sh
case " $* " in *" ${command} "*) touch "${mark}"; exec sleep 60;; esac
exec "${real}" "$@"
`;
  writeFileSync(join(bin, 'git'), script);
  chmodSync(join(bin, 'git'), 0o755);
  const asked = async (): Promise<void> => {
    while (!existsSync(mark)) await wait(5);
  };
  return { path: `${bin}:${environment('/')['PATH']}`, asked: asked() };
}

test.each([
  ['SIGINT', 'ls-files', []],
  ['SIGTERM', 'ls-files', []],
  ['SIGINT', 'for-each-ref', ['--history']],
] as const)('%s while git works ends it with 130 and leaves no report (%s)', async (signal, command, options) => {
  const folder = repository({ 'a.js': `const t = '${githubToken('interrupted')}';\n` });
  // Ordinary refs are read without git; of one like this it has to be asked.
  writeFileSync(join(folder, '.git/refs/odd'), 'no ref that can be read\n');
  const { path, asked } = stuckGit(folder, command);
  const args = ['scan', ...options, '--format', 'text', 'json=out.json'];
  const { child, ended } = start(args, folder, { env: { PATH: path } });
  const first = await Promise.race([asked.then(() => 'asked'), ended]);
  expect(first).toBe('asked');
  child.kill(signal);
  expect(await ended).toEqual({
    status: 130,
    signal: null,
    stdout: '',
    stderr: 'sluice: interrupted; no report was written\n',
  });
  expect(readdirSync(folder).toSorted()).toEqual(['.git', 'a.js']);
});

test('a reader that goes away costs neither the verdict nor a stack trace', () => {
  const folder = project({ 'a.js': `const t = '${githubToken('pipe')}';\n` });
  const script = `"${process.execPath}" "${PROGRAM}" scan; echo "exit $?" >&2`;
  const env = environment(join(folder, '..'));
  const { stderr } = spawnSync('bash', ['-c', `(${script}) | true`], { cwd: folder, encoding: 'utf8', env });
  expect(stderr).toBe('exit 1\n');
});

test('a full disk for the report is said in words, with 2', async () => {
  expect(await sluice(['scan', '--output', '/dev/full'], project({ a: '' }))).toMatchObject({
    status: 2,
    stdout: '',
    stderr: 'sluice: cannot write /dev/full (ENOSPC)\n  The disk is full: free some space, or write elsewhere.\n',
  });
});

test('a full disk behind standard output is said in words, with 2', () => {
  const env = environment('/nowhere');
  const script = `"${process.execPath}" "${PROGRAM}" scan > /dev/full; echo "exit $?" >&2`;
  const { stderr } = spawnSync('bash', ['-c', script], { cwd: project({ a: '' }), encoding: 'utf8', env });
  expect(stderr).toBe(
    'sluice: cannot write to standard output (ENOSPC)\n  The disk is full: free some space, or write elsewhere.\nexit 2\n',
  );
});

test('a report goes where it is wanted, whole', async () => {
  const folder = project({ 'a.js': '' });
  mkdirSync(join(folder, 'out'));
  const { status, stdout } = await sluice(['scan', '-f', 'text', 'sarif=out/s.sarif', 'html=out/s.html'], folder);
  expect(status).toBe(0);
  expect(stdout).not.toBe('');
  expect(existsSync(join(folder, 'out/s.sarif')) && existsSync(join(folder, 'out/s.html'))).toBe(true);
});

test('--quiet says nothing', async () => {
  const { status, stdout, stderr } = await sluice(
    ['scan', '--quiet'],
    project({ 'a.js': `'${githubToken('quiet')}'` }),
  );
  expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: '' });
});
