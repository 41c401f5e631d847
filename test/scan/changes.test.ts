import { expect, test } from 'vitest';
import { commit, git, repository } from '../support/repository.ts';
import { githubToken } from '../support/secrets.ts';
import { sluice, write } from '../support/sluice.ts';

const line = (seed: string) => `token = "${githubToken(seed)}"\n`;

test('--staged sees what would be committed, not the work tree', async () => {
  const folder = repository({ 'a.txt': 'nothing\n' });
  write(folder, { 'a.txt': line('unstaged') });
  expect((await sluice(['scan', '--staged'], folder)).status).toBe(0);
  git(folder, 'add', 'a.txt');
  write(folder, { 'a.txt': 'nothing\n' });
  expect((await sluice(['scan', '--staged'], folder)).status).toBe(1);
});

test('--since: only the lines of the change are new', async () => {
  const folder = repository({ 'a.txt': line('old') });
  commit(folder, { 'a.txt': `${line('old')}another line\n` }, 'second');
  const old = await sluice(['scan', '--since', 'HEAD~1', '--json'], folder);
  expect(old.status).toBe(0);
  expect(JSON.parse(old.stdout).findings).toMatchObject([{ isNew: false }]);
  write(folder, { 'b.txt': line('new') });
  expect((await sluice(['scan', '--since', 'HEAD~1'], folder)).status).toBe(1);
});

test('--since a revision that is not there says so', async () => {
  const { status, stderr } = await sluice(['scan', '--since', 'nowhere'], repository({ a: '' }));
  expect(status).toBe(2);
  expect(stderr).toContain('nowhere');
});

test('--history finds what a later commit took out, with its commit and author', async () => {
  const folder = repository({ 'a.txt': 'x\n' });
  commit(folder, { 'a.txt': line('gone') }, 'leak');
  const leaked = git(folder, 'rev-parse', 'HEAD').trim();
  commit(folder, { 'a.txt': 'x\n' }, 'oops');
  expect((await sluice(['scan'], folder)).status).toBe(0);
  const { status, stdout } = await sluice(['scan', '--history', '--json'], folder);
  expect(status).toBe(1);
  const [finding] = JSON.parse(stdout).findings;
  expect(finding.location.origin).toMatchObject({ commit: leaked, author: 'Ada', email: 'ada@shop.example' });
  expect(finding.secret.inHead).toBe(false);
});

test('outside a repository --staged is the user’s mistake', async () => {
  const folder = repository({ a: '' });
  git(folder, 'init', '--quiet', '--bare', '../bare');
  const { status, stderr } = await sluice(['scan', '--staged', '/'], folder);
  expect(status).toBe(2);
  expect(stderr).toContain('repository');
});
