import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** The few bits that stand for a weak secret in its fingerprint. */
const bitsOf = (password: string): string =>
  createHash('sha256').update(`sluice/secret/v1\0${password}`).digest('hex').slice(0, 3);

/** What an attacker tries: passwords until one has the bits of the one that is known. */
function colliding(known: string): string {
  for (let number = 1; ; number += 1) {
    const tried = `Zw8#kq${number}`;
    if (bitsOf(tried) === bitsOf(known)) return tried;
  }
}

test('a new weak password made to match a known one is refused, and the known one may move', async () => {
  const password = ['Tr0ub4', 'dor&3x'].join('');
  const lineOf = (value: string) => `db_password = "${value}"\n`;
  const policy = 'policy:\n  rules:\n    - name: new\n      when: finding.isNew\n';
  const folder = repository({ 'config/app.ini': `[db]\nuser = shop\n${lineOf(password)}`, 'sluice.yaml': policy });
  expect((await sluice(['baseline'], folder)).status).toBe(0);
  commit(folder, {}, 'baseline');
  const { findings: known } = JSON.parse(readFileSync(join(folder, 'sluice-baseline.json'), 'utf8'));
  const scanned = async (...args: string[]) => {
    const { status, stdout } = await sluice(['scan', '--json', ...args], folder);
    const [finding, ...others] = JSON.parse(stdout).findings;
    // The attack works as far as the fingerprint goes: it is the one that the baseline lists.
    expect([finding.fingerprint, others]).toEqual([known[0].fingerprint, []]);
    return status;
  };
  expect(await scanned()).toBe(0);
  git(folder, 'mv', 'config/app.ini', 'app.ini');
  expect(await scanned('--staged')).toBe(0);
  git(folder, 'commit', '--quiet', '--message', 'move');
  commit(folder, { 'other.ini': lineOf(colliding(password)) }, 'attack');
  expect(await scanned('--since', 'HEAD~1')).toBe(1);
  expect(await scanned('--commits', 'HEAD~1..HEAD')).toBe(1);
  git(folder, 'reset', '--quiet', '--soft', 'HEAD~1');
  expect(await scanned('--staged')).toBe(1);
});
