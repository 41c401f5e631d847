import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { project, sluice } from '../support/sluice.ts';

const workflow = (label: string): string =>
  `name: Checks\non: push\njobs:\n  test:\n    runs-on: ${label}\n    steps:\n      - run: make test\n`;

test('what can run here is no complaint', async () => {
  const folder = project({ '.sluice/workflows/checks.yml': workflow('ubuntu-latest') });
  const { status, stdout, stderr } = await sluice(['plan'], folder);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('1 workflow with 1 job; all of it can run here');
});

test('what cannot run here says at which line, and why', async () => {
  const folder = project({ '.github/workflows/checks.yml': workflow('windows-latest') });
  const { status, stdout } = await sluice(['plan', 'checks'], folder);
  expect(status).toBe(3);
  expect(stdout).toContain(
    '.github/workflows/checks.yml:5:14 test: `windows-latest` cannot be had here: it needs Windows',
  );
});

test('every mistake of a file is told with its place', async () => {
  const folder = project({
    '.github/workflows/checks.yml': `${workflow('x')}        env: { A: "\${{ secret.x }}" }\n        iff: x\n`,
  });
  const { status, stdout } = await sluice(['plan'], folder);
  expect(status).toBe(2);
  expect(stdout).toContain('.github/workflows/checks.yml:8:24 in this expression `secret` cannot be used here');
  expect(stdout).toContain('Did you mean `secrets`?');
  expect(stdout).toContain('.github/workflows/checks.yml:9:9 unknown key `iff`');
});

test('the plan for machines fits its schema', async () => {
  const folder = project({
    '.sluice/workflows/a.yml': workflow('[self-hosted, gpu]'),
    '.sluice/workflows/b.yml': 'on: push\n',
  });
  const { stdout } = await sluice(['plan', '--json'], folder);
  const schema = JSON.parse(readFileSync('schemas/plan.schema.json', 'utf8')) as object;
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(JSON.parse(stdout))).toBe(true);
  expect(validate({ version: 1 })).toBe(false);
});

test('a workflow that is not there', async () => {
  const folder = project({ '.sluice/workflows/checks.yml': workflow('x') });
  expect(await sluice(['plan', 'cheks'], folder)).toMatchObject({
    status: 2,
    stderr: 'sluice: there is no workflow cheks\n  Did you mean `checks`?\n',
  });
});
