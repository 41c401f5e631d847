import { chmodSync, closeSync, globSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commit, git, repository } from '../support/repository.ts';
import { githubToken, random } from '../support/secrets.ts';
import { sluice } from '../support/sluice.ts';

/* Repositories that are not whole: what is missing is said, never taken for clean. */

const leak = (seed: string): string => `token = "${githubToken(seed)}"\n`;

/** Four commits; the first one's secret is gone in the last. */
function grown(): string {
  const folder = repository({ 'a.txt': leak('old') });
  for (const n of [1, 2, 3]) commit(folder, { 'a.txt': random(`grown ${n}`, 20_000) }, `commit ${n}`);
  return folder;
}

const problems = (stdout: string): unknown[] => JSON.parse(stdout).problems;

test('a pack with wrong bytes', async () => {
  const folder = repository({ 'a.txt': 'text\n' });
  for (const n of [1, 2, 3]) commit(folder, { 'a.txt': random(`grown ${n}`, 20_000) }, `commit ${n}`);
  git(folder, 'gc', '--quiet', '--aggressive');
  const [pack = ''] = globSync(join(folder, '.git/objects/pack/*.pack'));
  chmodSync(pack, 0o644);
  const file = openSync(pack, 'r+');
  writeSync(file, Buffer.alloc(32, 'x'), 0, 32, Math.floor(statSync(pack).size / 2));
  closeSync(file);
  const { status, stdout, stderr } = await sluice(['scan', '--history'], folder);
  expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
  expect(stdout).toContain('git fsck');
});

test('a change that cannot be told, because an object is gone', async () => {
  const folder = grown();
  const id = git(folder, 'rev-parse', 'HEAD~1^{tree}').trim();
  rmSync(join(folder, '.git/objects', id.slice(0, 2), id.slice(2)), { force: true });
  expect(await sluice(['scan', '--since', 'HEAD~1'], folder)).toMatchObject({
    status: 2,
    stdout: '',
    // What git says changes with its version; what it is about does not.
    stderr: expect.stringMatching(
      /^sluice: .*\b[0-9a-f]{40}\b.*\n {2}These are the words of git\. `git fsck` tells whether the repository is damaged\.\n$/,
    ),
  });
});

test('a repository whose HEAD is garbage', async () => {
  const folder = grown();
  writeFileSync(join(folder, '.git/HEAD'), 'garbage\n');
  const { status, stdout } = await sluice(['scan', '--json'], folder);
  expect(status).toBe(3);
  expect(problems(stdout)).toMatchObject([{ code: 'repository-unreadable' }]);
});

test('a shallow clone: its files are whole, its history and its changes are not', async () => {
  const folder = grown();
  const clone = join(folder, '../clone');
  git(folder, '-c', 'protocol.file.allow=always', 'clone', '--quiet', '--depth', '1', `file://${folder}`, clone);
  expect((await sluice(['scan'], clone)).status).toBe(0);
  const history = await sluice(['scan', '--history', '--json'], clone);
  expect(history.status).toBe(3);
  expect(problems(history.stdout)).toMatchObject([
    { code: 'history-shallow', hint: expect.stringContaining('unshallow') },
  ]);
  expect(await sluice(['scan', '--since', 'HEAD~2'], clone)).toMatchObject({
    status: 2,
    stdout: '',
    stderr: expect.stringContaining('sluice: This repository has no revision "HEAD~2".\n  The clone is shallow'),
  });
});

test('a bare repository: HEAD’s files, the whole history, and no staged changes', async () => {
  const folder = grown();
  const bare = join(folder, '../bare.git');
  git(folder, 'clone', '--quiet', '--bare', folder, bare);
  expect((await sluice(['scan', bare], folder)).status).toBe(0);
  expect((await sluice(['scan', '--history', bare], folder)).status).toBe(1);
  expect((await sluice(['scan', '--staged', '../bare.git'], folder)).stderr).toBe(
    'sluice: ../bare.git has no staged changes: it is not in the work tree of a git repository.\n' +
      '  Point at a folder of a repository, or scan the folder as it is.\n',
  );
});

test('a submodule is read where it is checked out, and missed where it is not', async () => {
  const inner = repository({ 'b.txt': leak('inner') });
  const outer = repository({ 'a.txt': 'text\n' });
  git(outer, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'lib');
  git(outer, 'commit', '--quiet', '--message', 'lib');
  const there = await sluice(['scan', '--json'], outer);
  expect(there.status).toBe(1);
  expect(JSON.parse(there.stdout).findings).toMatchObject([{ location: { path: 'lib/b.txt' } }]);
  git(outer, 'clone', '--quiet', outer, '../clone');
  const absent = await sluice(['scan'], join(outer, '../clone'));
  expect(absent.status).toBe(3);
  expect(absent.stdout).toContain('lib: The submodule is not checked out. (submodule-absent)');
});
