import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, sluice, write } from '../support/sluice.ts';

test('init writes a configuration that is valid, changes nothing, and is not replaced by accident', async () => {
  const folder = project({ 'a.txt': '' });
  expect(await sluice(['init'], folder)).toMatchObject({
    status: 0,
    stdout: 'Wrote sluice.yaml. Next: npx sluice scan\n',
    stderr: '',
  });
  expect(readFileSync(join(folder, 'sluice.yaml'), 'utf8')).toMatchSnapshot();
  expect(await sluice(['config', 'check'], folder)).toMatchObject({ status: 0, stdout: 'sluice.yaml: no mistakes\n' });
  expect((await sluice(['scan'], folder)).status).toBe(0);

  write(folder, { 'sluice.yaml': 'version: 1\n' });
  expect(await sluice(['init'], folder)).toMatchObject({
    status: 2,
    stderr: 'sluice: sluice.yaml is there already\n  --force replaces it.\n',
  });
  expect(readFileSync(join(folder, 'sluice.yaml'), 'utf8')).toBe('version: 1\n');
  expect((await sluice(['init', '--force'], folder)).status).toBe(0);
  expect(readFileSync(join(folder, 'sluice.yaml'), 'utf8')).toContain('policy:');
});

test('init where there is no folder, or no permission to write, is the user’s mistake', async () => {
  expect(await sluice(['init', 'nowhere'], project({}))).toMatchObject({
    status: 2,
    stderr: 'sluice: there is no folder nowhere\n',
  });
  expect(await sluice(['init', 'file'], project({ file: '' }))).toMatchObject({ status: 2, stdout: '' });
  expect(await sluice(['init', '/proc'], project({}))).toMatchObject({ status: 2, stdout: '' });
});

test('config check names every mistake, in order', async () => {
  const folder = project({
    'sluice.yaml': 'version: 2\nscan:\n  budget: soon\n  exclud: []\npolicy:\n  rules:\n    - when: 1\n',
  });
  const { status, stdout } = await sluice(['config', 'check'], folder);
  expect(status).toBe(2);
  expect(stdout).toMatchSnapshot();
  const json = await sluice(['config', 'check', '--json'], folder);
  expect(json.status).toBe(2);
  const { valid, issues } = JSON.parse(json.stdout);
  expect(valid).toBe(false);
  expect(issues).toHaveLength(stdout.match(/^sluice\.yaml:/gm)?.length ?? 0);
});

test('config check of nothing', async () => {
  expect(await sluice(['config', 'check'], project({}))).toMatchObject({
    status: 2,
    stderr: 'sluice: there is no file sluice.yaml\n',
  });
});

test('config check shows what a file holds, and lets no terminal obey it', async () => {
  const folder = project({ 'sluice.yaml': '"\\e[31mred\\u202e##[group]": 2\n' });
  const { stdout } = await sluice(['config', 'check', 'sluice.yaml'], folder);
  expect(stdout).toContain('unknown key `\\x1b[31mred\\u{202e}#\\x23[group]`');
  const json = await sluice(['config', 'check', 'sluice.yaml', '--json'], folder);
  expect(json.stdout).not.toMatch(/\u202e|##/);
  expect(JSON.parse(json.stdout).issues[0].message).toBe('unknown key `\u001b[31mred\u202e##[group]`');
  const { stderr } = await sluice(['scan'], folder);
  for (const obeyed of ['\u202e', '\u001b', '##']) expect(stderr).not.toContain(obeyed);
});

test('nothing of an odd key is printed beside the mistake', async () => {
  const folder = project({ 'sluice.yaml': '? [odd]\n: 1\n' });
  const { stderr, stdout } = await sluice(['config', 'check', 'sluice.yaml'], folder);
  expect([stderr, stdout.split('\n').length]).toEqual(['', 3]);
});
