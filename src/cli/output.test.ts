import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { print, writeReport } from './output.ts';

function* pieces(...all: string[]): Generator<string, void> {
  yield* all;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('replaces a file whole and leaves nothing beside it', () => {
  const file = join(folder, 'report.json');
  writeFileSync(file, 'old');
  writeReport(file, pieces('new', ' ✓'));
  expect(readFileSync(file, 'utf8')).toBe('new ✓');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('a folder that is not there is the user’s mistake', () => {
  const write = (): void => writeReport(join(folder, 'no', 'report.json'), pieces('x'));
  expect(write).toThrow(SluiceError);
  expect(write).toThrow(expect.objectContaining({ code: 'output-failed', hint: 'Create the folder first.' }));
});

test('a place that is a folder is refused, and nothing half-written stays', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => writeReport(join(folder, 'taken'), pieces('x'))).toThrow(SluiceError);
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a full disk is said in words', () => {
  expect(() => writeReport('/dev/full', pieces('x'))).toThrow(
    expect.objectContaining({ message: 'cannot write /dev/full (ENOSPC)' }),
  );
});

test('a report that cannot be made to its end leaves the old one, and nothing beside it', () => {
  const file = join(folder, 'report.json');
  writeFileSync(file, 'old');
  const broken = function* (): Generator<string, void> {
    yield 'x'.repeat(200_000);
    throw new Error('a defect');
  };
  expect(() => writeReport(file, broken())).toThrow('a defect');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('what a reader that went away does not read is not made', async () => {
  let made = 0;
  const endless = function* (): Generator<string, void> {
    for (;;) yield `${made++} `.repeat(20_000);
  };
  const gone = new Writable({
    write: (_, __, done) => done(made > 3 ? Object.assign(new Error('gone'), { code: 'EPIPE' }) : null),
  });
  await print(endless(), gone as unknown as NodeJS.WriteStream);
  expect(made).toBeLessThan(10);
});

test('a full disk behind standard output is said', async () => {
  const full = new Writable({ write: (_, __, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })) });
  await expect(print('x', full as unknown as NodeJS.WriteStream)).rejects.toMatchObject({ code: 'output-failed' });
});
