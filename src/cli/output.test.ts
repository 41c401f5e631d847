import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { writeReport } from './output.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-output-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('replaces a file whole and leaves nothing beside it', () => {
  const file = join(folder, 'report.json');
  writeFileSync(file, 'old');
  writeReport(file, 'new ✓');
  expect(readFileSync(file, 'utf8')).toBe('new ✓');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('a folder that is not there is the user’s mistake', () => {
  const write = (): void => writeReport(join(folder, 'no', 'report.json'), 'x');
  expect(write).toThrow(SluiceError);
  expect(write).toThrow(expect.objectContaining({ code: 'output-failed', hint: 'Create the folder first.' }));
});

test('a place that is a folder is refused, and nothing half-written stays', () => {
  mkdirSync(join(folder, 'taken'));
  expect(() => writeReport(join(folder, 'taken'), 'x')).toThrow(SluiceError);
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a full disk is said in words', () => {
  expect(() => writeReport('/dev/full', 'x')).toThrow(
    expect.objectContaining({ message: 'cannot write /dev/full (ENOSPC)' }),
  );
});
