import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { githubToken } from '../support/secrets.ts';
import { project, sluice, write } from '../support/sluice.ts';

const line = (seed: string, comment = '') => `token = "${githubToken(seed)}" ${comment}\n`;
const findingsOf = (stdout: string) =>
  JSON.parse(stdout).findings as { suppression?: { by: string; reason?: string }; isNew: boolean }[];

test.each([
  ['sluice: allow secrets/github-personal-access-token -- a test value until 2099-01-31', 'sluice: allow'],
  ['sluice: allow secrets/* -- a test value', 'sluice: allow'],
  ['gitleaks:allow', 'gitleaks:allow'],
])('a comment sets a finding aside: %s', async (comment, by) => {
  const { status, stdout } = await sluice(['scan', '--json'], project({ 'a.py': line('aside', `# ${comment}`) }));
  expect(status).toBe(0);
  expect(findingsOf(stdout)).toMatchObject([{ suppression: { by } }]);
});

test('one that has expired does not count, and says so', async () => {
  const comment = '# sluice: allow secrets/github-personal-access-token -- soon until 2020-01-31';
  const { status, stdout } = await sluice(['scan'], project({ 'a.py': line('expired', comment) }));
  expect(status).toBe(1);
  expect(stdout).toContain('2020-01-31');
});

test('one without a reason does not count where a reason is required', async () => {
  const files = {
    'a.py': line('reason', '# sluice: allow secrets/*'),
    'sluice.yaml': 'suppressions: { requireReason: true }',
  };
  expect((await sluice(['scan'], project(files))).status).toBe(1);
});

test('.gitleaksignore counts as it does for gitleaks', async () => {
  const folder = project({ 'a.py': line('ignored'), '.gitleaksignore': '# known\na.py:github-pat:1\n' });
  expect((await sluice(['scan'], folder)).status).toBe(0);
});

test('a baseline lets what is there be, and stops what is new', async () => {
  const folder = project({ 'a.py': line('before') });
  expect((await sluice(['scan'], folder)).status).toBe(1);
  const written = await sluice(['baseline'], folder);
  expect(written).toMatchObject({ status: 0, stdout: expect.stringContaining('1 findings') });
  const text = readFileSync(join(folder, 'sluice-baseline.json'), 'utf8');
  expect(text).not.toContain(githubToken('before').slice(4));
  // Moved down and into another file: the same finding.
  writeFileSync(join(folder, 'a.py'), '');
  write(folder, { 'lib/b.py': `import os\n\n${line('before')}` });
  expect((await sluice(['scan'], folder)).status).toBe(0);
  write(folder, { 'c.py': line('after') });
  expect((await sluice(['scan'], folder)).status).toBe(1);
  expect((await sluice(['scan', '--no-baseline', '--json'], folder)).stdout).not.toContain('"isNew": false');
});
