import { expect, test } from 'vitest';
import { project, sluice } from '../support/sluice.ts';

test('the list of checks, for people, for machines and for completion, is one list', async () => {
  const folder = project({});
  const [text, json, ids] = await Promise.all(
    [[], ['--json'], ['--ids']].map(async (options) => {
      const { status, stdout, stderr } = await sluice(['checks', ...options], folder);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return stdout;
    }),
  );
  const { version, checks } = JSON.parse(json ?? '') as { version: number; checks: { id: string }[] };
  expect(version).toBe(1);
  expect(checks.length).toBeGreaterThanOrEqual(230);
  const names = checks.map(({ id }) => id);
  expect(names).toEqual(names.toSorted());
  expect(ids).toBe(names.map((id) => `${id}\n`).join(''));
  expect(
    text
      ?.split('\n')
      .slice(0, names.length)
      .map((line) => line.split(' ')[0]),
  ).toEqual(names);
  expect(text).toContain(`\n${names.length} checks. sluice explain CHECK tells all about one.\n`);
});

test('a family that is not there', async () => {
  expect(await sluice(['checks', '--family', 'secretz'], project({}))).toMatchObject({
    status: 2,
    stderr: 'sluice: there is no family of checks named secretz\n  There are: secrets.\n',
  });
});

test('explain tells all about a check, by its whole id or its name', async () => {
  const folder = project({});
  const whole = await sluice(['explain', 'secrets/github-personal-access-token'], folder);
  expect(whole).toMatchObject({ status: 0, stderr: '' });
  for (const heading of ['What it looks for', 'Why it matters', 'What to do', 'Found', 'Set one aside', 'Read more']) {
    expect(whole.stdout).toContain(`\n${heading}\n`);
  }
  expect(await sluice(['explain', 'github-personal-access-token'], folder)).toEqual(whole);
  const { stdout } = await sluice(['explain', 'github-personal-access-token', '--json'], folder);
  expect(JSON.parse(stdout).summary.id).toBe('secrets/github-personal-access-token');
});

test.each([
  ['secrets/github-pat', 'secrets/github-'],
  ['jwt', 'secrets/json-web-token'],
  ['secrets/github-personal-acces-token', 'Did you mean: secrets/github-personal-access-token'],
  ['zzzzzz', '`sluice checks` lists them.'],
])('explain %s: not there, but perhaps %s', async (id, suggestion) => {
  const { status, stdout, stderr } = await sluice(['explain', id], project({}));
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`sluice: there is no check ${id}\n`);
  expect(stderr).toContain(suggestion);
});
