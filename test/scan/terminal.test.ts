import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { githubToken } from '../support/secrets.ts';
import { environment, PROGRAM, project, sluice } from '../support/sluice.ts';

/* What a person at a terminal sees, and what a pipe and CI get. */

const ESCAPE = '\u001B[';
const leak = { 'a.js': `const token = '${githubToken('terminal')}';\n` };

/** Runs the program on a terminal of its own, so many columns wide; both streams arrive as one. */
async function onTerminal(columns: number, args: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const folder = project(leak);
  const command = `stty cols ${columns}; '${process.execPath}' '${PROGRAM}' ${args}`;
  const options = { cwd: folder, env: { ...environment(join(folder, '../home')), ...env } };
  const { stdout } = await promisify(execFile)('script', ['-qec', `${command}; true`, '/dev/null'], options);
  return stdout.replaceAll('\r\n', '\n');
}

/** The line is cleared before it is drawn; then a bar, or a count where no end is known. */
const drawsProgress = (output: string): boolean =>
  output.split('\r\u001B[K').some((drawn) => /^(?:\[[█─]+\]|\w+ing )/.test(drawn));

test('on a terminal there is colour, and a progress line that is gone in the end', async () => {
  const output = await onTerminal(100, 'scan');
  expect(drawsProgress(output)).toBe(true);
  const report = output.slice(output.lastIndexOf('\r\u001B[K') + 4);
  expect(report).toMatch(/^\S*sluice/);
  expect(report).toContain(`${ESCAPE}1;31m`);
  expect(stripVTControlCharacters(report)).toContain('a.js:1:16');
});

test('a narrow terminal is not overrun', async () => {
  const output = stripVTControlCharacters(await onTerminal(60, 'scan --no-progress'));
  const tooLong = output.split('\n').filter((line) => line.length > 60 && !/secrets\/|https?:/.test(line));
  expect(tooLong).toEqual([]);
});

test.each([
  ['NO_COLOR', { NO_COLOR: '1' }, false, true],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['CI', { CI: 'true' }, true, false],
  ['CI=false', { CI: 'false' }, true, true],
  ['a dumb terminal', { TERM: 'dumb' }, false, false],
])('%s on a terminal', async (_, env, color, progress) => {
  const output = await onTerminal(100, 'scan', env);
  expect(output.includes(`${ESCAPE}1;31m`)).toBe(color);
  expect(drawsProgress(output)).toBe(progress);
});

test('--no-progress and --quiet draw nothing', async () => {
  expect(drawsProgress(await onTerminal(100, 'scan --no-progress'))).toBe(false);
  expect(await onTerminal(100, 'scan --quiet --no-progress')).toBe('');
});

test('a pipe gets plain lines, unless colour is forced', async () => {
  const folder = project(leak);
  const plain = await sluice(['scan'], folder);
  expect(plain.stdout + plain.stderr).not.toContain('\u001B');
  const forced = await sluice(['scan'], folder, { FORCE_COLOR: '1' });
  expect(forced.stdout).toContain(ESCAPE);
  expect(stripVTControlCharacters(forced.stdout)).toBe(plain.stdout);
  const both = await sluice(['scan'], folder, { FORCE_COLOR: '1', NO_COLOR: '1' });
  // Node itself warns on standard error of the contradiction.
  expect(both.stdout).toBe(plain.stdout);
});

test('a report for a machine has no colour, even on a terminal', async () => {
  const output = await onTerminal(100, 'scan --json --no-progress');
  expect(output).not.toContain('\u001B');
  expect(JSON.parse(output).findings).toHaveLength(1);
});
