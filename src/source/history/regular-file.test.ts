import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRegular } from './regular-file.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-regular-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a file is read, and a FIFO, a folder or a device is refused without waiting', () => {
  writeFileSync(join(root, 'file'), 'content');
  execFileSync('mkfifo', [join(root, 'fifo')]);
  expect(readRegular(join(root, 'file')).toString()).toBe('content');
  for (const path of [join(root, 'fifo'), root, '/dev/zero'])
    expect(() => readRegular(path)).toThrow('no regular file');
});
