import { expect, test } from 'vitest';
import { githubToken } from '../support/secrets.ts';
import { project, sluice } from '../support/sluice.ts';

const leak = (seed = 'verdict') => `const token = '${githubToken(seed)}';\n`;

test('nothing found and everything seen passes with 0', async () => {
  const { status, stdout, stderr } = await sluice(['scan'], project({ 'a.js': 'const x = 1;\n' }));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('PASS');
});

test('a new secret is refused with 1, and never shown', async () => {
  const { status, stdout } = await sluice(['scan'], project({ 'src/a.js': leak() }));
  expect(status).toBe(1);
  expect(stdout).toContain('src/a.js');
  expect(stdout).not.toContain(githubToken('verdict').slice(4));
});

test('what could not be read makes it incomplete: 3', async () => {
  const folder = project({ 'a.js': '', 'huge.txt': 'words '.repeat(400), 'sluice.yaml': 'scan: { maxFileSize: 1KB }' });
  const { status, stdout } = await sluice(['scan'], folder);
  expect(status).toBe(3);
  expect(stdout).toContain('huge.txt');
});

test('a mistake on the command line or in the configuration is 2, with what to do', async () => {
  const folder = project({ 'bad/sluice.yaml': 'policy:\n  rulez: []\n' });
  expect(await sluice(['scan', 'nowhere'], folder)).toMatchObject({ status: 2, stdout: '' });
  expect((await sluice(['scan', '--stagd'], folder)).stderr).toContain('--staged');
  expect(await sluice(['scan', 'bad'], folder)).toMatchObject({
    status: 2,
    stderr: 'sluice: bad/sluice.yaml:2:3: unknown key `rulez` in `policy`\n  Did you mean `rules`?\n',
  });
});

test('the exit code does not depend on the format', async () => {
  const folder = project({ 'a.js': leak() });
  for (const format of ['json', 'sarif', 'junit', 'csv', 'html', 'github', 'markdown', 'gitlab-secrets']) {
    expect((await sluice(['scan', '--format', format], folder)).status, format).toBe(1);
  }
});

test('a policy of one’s own decides, and says which rule', async () => {
  const folder = project({
    'a.js': leak(),
    'sluice.yaml':
      'policy:\n  rules:\n    - { name: never-in-js, when: finding.path.endsWith(".js"), message: Not in scripts. }\n',
    'lenient.yaml': 'rules: []\n',
  });
  const refused = await sluice(['scan'], folder);
  expect(refused.status).toBe(1);
  expect(refused.stdout).toContain('never-in-js');
  expect(refused.stdout).toContain('Not in scripts.');
  expect((await sluice(['scan', '--policy', 'lenient.yaml'], folder)).status).toBe(0);
});

test('two scans of the same input say the same, byte for byte, whatever the number of workers', async () => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`d${n % 7}/f${n}.js`, leak(`n${n % 30}`)]));
  const folder = project(files);
  const outputs = await Promise.all(
    ['0', '1', '3'].map(
      async (workers) => (await sluice(['scan', '--format', 'sarif', '--workers', workers], folder)).stdout,
    ),
  );
  expect(new Set(outputs).size).toBe(1);
});
