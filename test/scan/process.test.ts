import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { githubToken } from '../support/secrets.ts';
import { project, sluice, start } from '../support/sluice.ts';

const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}.txt`, `a = 1\n`.repeat(20_000)]));

test('Ctrl-C ends it with 130 and leaves no report', async () => {
  const folder = project(many(150));
  const { child, ended } = start(['scan', '--format', 'json=out.json', '--workers', '1'], folder);
  await wait(250);
  child.kill('SIGINT');
  const { status, stdout } = await ended;
  // A machine fast enough to be done by then has nothing to interrupt.
  if (status !== 0) {
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    expect(readdirSync(folder).filter((name) => name.includes('out.json'))).toEqual([]);
  }
});

test('a reader that goes away costs neither the verdict nor a stack trace', () => {
  const folder = project({ 'a.js': `const t = '${githubToken('pipe')}';\n` });
  const program = resolve('src/cli/main.ts');
  const script = `"${process.execPath}" "${program}" scan; echo "exit $?" >&2`;
  const { stderr } = spawnSync('bash', ['-c', `(${script}) | true`], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toBe('exit 1\n');
});

test('a full disk for the report is said in words, with 2', async () => {
  const { status, stderr } = await sluice(['scan', '--output', '/dev/full'], project({ a: '' }));
  expect(status).toBe(2);
  expect(stderr).toContain('ENOSPC');
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
