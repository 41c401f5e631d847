import { expect, test } from 'vitest';
import { isCi } from '#app/context.ts';
import { terminalOf } from './terminal.ts';

const tty = { isTTY: true as const, columns: 120 };
const pipe = { isTTY: undefined as unknown as true, columns: undefined as unknown as number };

test.each([
  ['a terminal has colour', tty, {}, true],
  ['a pipe has none', pipe, {}, false],
  ['NO_COLOR takes it away', tty, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR does not count', tty, { NO_COLOR: '' }, true],
  ['NO_COLOR wins over FORCE_COLOR', pipe, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['FORCE_COLOR brings it to a pipe', pipe, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0 takes it from a terminal', tty, { FORCE_COLOR: '0' }, false],
  ['a dumb terminal has none', tty, { TERM: 'dumb' }, false],
])('%s', (_, stream, environment, color) => {
  expect(terminalOf(stream, stream, environment).color).toBe(color);
});

test('width is the terminal’s, never narrower than can be read, and fixed where nobody looks', () => {
  expect(terminalOf(tty, tty, {}).width).toBe(120);
  expect(terminalOf({ ...tty, columns: 12 }, tty, {}).width).toBe(40);
  expect(terminalOf(pipe, tty, {}).width).toBe(100);
});

test('progress is drawn only where a person waits', () => {
  expect(terminalOf(pipe, tty, {}).interactive).toBe(true);
  expect(terminalOf(tty, pipe, {}).interactive).toBe(false);
  expect(terminalOf(tty, tty, { CI: 'true' }).interactive).toBe(false);
  expect(terminalOf(tty, tty, { TERM: 'dumb' }).interactive).toBe(false);
});

test('CI=false is not CI', () => {
  const said = [{}, { CI: '' }, { CI: 'false' }, { CI: '0' }, { CI: '1' }, { CI: 'true' }].map(isCi);
  expect(said).toEqual([false, false, false, false, true, true]);
});
