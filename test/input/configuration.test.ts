import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { project, sluice } from '../support/sluice.ts';

/* What the user wrote and we could not take: said with file, line, column, what was expected and what to do. Exit 2. */

async function mistake(files: Readonly<Record<string, string>>, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await sluice(['scan', ...args], project(files));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr;
}

test.each([
  [['nowhere'], 'there is no nowhere'],
  [['--config', 'nowhere.yaml'], 'there is no file nowhere.yaml'],
  [['--policy', 'nowhere.yaml'], 'there is no file nowhere.yaml'],
  [['--baseline', 'nowhere.json'], 'there is no file nowhere.json'],
  [['--rules', 'nowhere.toml'], 'there is no file nowhere.toml'],
  [['--config', '.'], 'cannot be read: it is a folder'],
  [['--family', 'secretz'], 'there is no family of checks named secretz'],
  [['--format', 'jsn'], 'there is no report format jsn\n  There are: text, json'],
  [['--format', 'json', 'a.txt'], 'To scan a.txt, name it before the options: sluice scan a.txt --format …'],
  [['--output', 'missing/report.txt'], 'cannot write missing/report.txt (ENOENT)'],
])('%s', async (args, message) => {
  const said = await mistake({ 'a.txt': '' }, ...args);
  expect(said).toMatch(/^sluice: /);
  expect(said).toContain(message);
});

describe('sluice.yaml', () => {
  test.each([
    ['a key that is not known', 'scan:\n  exclud: []\n'],
    ['a value of the wrong kind', 'version: 1\nscan:\n  maxFileSize: many\n  budget: -3\n'],
    ['an expression with an unknown field', 'policy:\n  rules:\n    - { name: a, when: finding.severty >= HIGH }\n'],
    ['an expression that never ends', 'policy:\n  rules:\n    - name: a\n      when: (finding.isNew\n'],
    ['no YAML', 'policy:\n  rules: [\n'],
    ['a rule file outside', 'secrets:\n  rules: [../../rules.toml]\n'],
    ['a baseline that is not there', 'baseline: gone.json\n'],
  ])('%s', async (_, text) => {
    expect(await mistake({ 'sluice.yaml': text })).toMatchSnapshot();
  });

  test('that is a FIFO does not hold the program', async () => {
    const folder = project({});
    execFileSync('mkfifo', [join(folder, 'sluice.yaml')]);
    expect(await sluice(['scan'], folder)).toMatchObject({
      status: 2,
      stderr: 'sluice: sluice.yaml cannot be read: it is a FIFO, a socket or a device\n',
    });
  });

  test('that is a link to something without end is not read', async () => {
    const folder = project({});
    symlinkSync('/dev/zero', join(folder, 'sluice.yaml'));
    expect(await sluice(['scan'], folder)).toMatchObject({ status: 2, stdout: '' });
  });

  test('that is a link out of the repository is refused, and one within it is read', async () => {
    const files = { 'in/.git/HEAD': '', 'in/sub/a.txt': '', 'in/conf/s.yaml': 'scan: 7\n', 'out.yaml': 'version: 1\n' };
    const folder = project(files);
    symlinkSync('../out.yaml', join(folder, 'in/sluice.yaml'));
    expect(await sluice(['scan', 'sub'], join(folder, 'in'))).toMatchObject({
      status: 2,
      stderr:
        `sluice: ${join(folder, 'in/sluice.yaml')} is a link out of its repository\n  Put the file itself there, or name it with --config.\n`.replace(
          `${join(folder, 'in')}/`,
          '',
        ),
    });
    symlinkSync('../conf/s.yaml', join(folder, 'in/sub/sluice.yaml'));
    expect((await sluice(['scan', 'sub'], join(folder, 'in'))).stderr).toContain('sub/sluice.yaml:1:7');
    expect((await sluice(['scan', 'sub', '--config', 'sluice.yaml'], join(folder, 'in'))).stderr).toBe('');
  });

  test('is found through a link that the user names', async () => {
    const folder = project({ 'real/.git/HEAD': '', 'real/sluice.yaml': 'scan: 7\n', 'here/.git/HEAD': '' });
    symlinkSync('../real', join(folder, 'here/link'));
    expect((await sluice(['scan', 'link'], join(folder, 'here'))).stderr).toContain('link/sluice.yaml:1:7');
  });

  test('of gigabytes is not read', async () => {
    const folder = project({ 'sluice.yaml': 'version: 1\n' });
    truncateSync(join(folder, 'sluice.yaml'), 5 * 2 ** 30);
    expect((await sluice(['scan'], folder)).stderr).toBe(
      'sluice: sluice.yaml cannot be read: it is larger than 64 MiB\n',
    );
  });
});

test.each([
  ['a key that is not known', 'rulez: []\n'],
  ['an operator for the wrong type', 'rules:\n  - name: a\n    when: finding.path >= HIGH\n'],
])('a policy with %s', async (_, text) => {
  expect(await mistake({ 'policy.yaml': text }, '--policy', 'policy.yaml')).toMatchSnapshot();
});

test.each([
  ['no TOML', '[[rules]\nid = "a"\n'],
  ['a pattern that is not one', `[[rules]]\nid = "a"\nregex = '''(a'''\n`],
  ['look-around', `[[rules]]\nid = "a"\nregex = '''(?<=a)b'''\n`],
  ['a catastrophic pattern', `[[rules]]\nid = "a"\nregex = '''(a+)+$'''\n`],
  ['neither pattern nor path', '[[rules]]\nid = "a"\nregx = "b"\n'],
  ['an unreadable extension', '[extend]\npath = "gone.toml"\n'],
])('a rule file with %s', async (_, text) => {
  expect(await mistake({ 'rules.toml': text, 'a.txt': 'a'.repeat(60) }, '--rules', 'rules.toml')).toMatchSnapshot();
});

test('a rule file of the target may not extend what lies outside', async () => {
  const files = {
    'in/sluice.yaml': 'secrets:\n  rules: [rules.toml]\n',
    'in/rules.toml': '[extend]\npath = "../out.toml"\n',
    'out.toml': '',
  };
  expect(await mistake(files, 'in')).toMatchSnapshot();
});

test.each([
  ['sluice-baseline.json', '{ "version": 1, "findings": [] }'],
  ['.gitleaksignore', ''],
])('%s that is a link out of the target is refused', async (name, text) => {
  const folder = project({ 'in/a.txt': '', 'out.txt': text });
  symlinkSync('../out.txt', join(folder, 'in', name));
  const { status, stderr } = await sluice(['scan', 'in'], folder);
  expect([status, stderr.split('\n')[0]]).toEqual([2, `sluice: in/${name} is a link out of its repository`]);
  expect((await sluice(['scan', 'in/a.txt', '--baseline', 'in/sluice-baseline.json'], folder)).status).toBe(
    name.endsWith('.json') ? 0 : 2,
  );
});

test.each([
  ['no JSON', '{ "version": 1,\n  "findings": [\n'],
  ['another shape', '{ "version": 7 }\n'],
])('a baseline with %s', async (_, text) => {
  expect(await mistake({ 'sluice-baseline.json': text })).toMatchSnapshot();
});
