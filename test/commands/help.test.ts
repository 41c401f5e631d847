import { expect, test } from 'vitest';
import { project, sluice } from '../support/sluice.ts';

test.each([
  '--help',
  'scan --help',
  'init --help',
  'baseline --help',
  'checks --help',
  'explain --help',
  'hook --help',
  'hook install --help',
  'hook uninstall --help',
  'config --help',
  'config check --help',
  'completion --help',
])('sluice %s', async (args) => {
  const { status, stdout, stderr } = await sluice(args.split(' '), project({}));
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatchSnapshot();
});

test.each([
  ['a command that is not there', ['scam']],
  ['an option that is not there', ['scan', '--histroy']],
  ['options that exclude each other', ['scan', '--staged', '--history']],
  ['a number that is none', ['scan', '--workers', 'many']],
  ['an argument too many', ['scan', 'a', 'b']],
  ['an argument too few', ['explain']],
  ['a shell that is not known', ['completion', 'tcsh']],
])('%s is a mistake of the user', async (_, args) => {
  const { status, stdout, stderr } = await sluice(args, project({}));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatchSnapshot();
});

test('without a command it explains itself, as a mistake', async () => {
  const { status, stdout, stderr } = await sluice([], project({}));
  expect(status).toBe(2);
  expect(stdout + stderr).toContain('Usage: sluice');
});
