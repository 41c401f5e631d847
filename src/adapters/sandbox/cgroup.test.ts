import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeControlGroup } from './cgroup.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const LIMITS = { memoryBytes: 1_048_576, processes: 10, cpus: 1.5 };

it('makes none where no tree can be written', () => {
  const own = path.join(root, 'own');
  writeFileSync(own, '0::/user.slice\n');
  writeFileSync(path.join(root, 'cgroup.controllers'), 'cpu memory pids\n');
  expect(makeControlGroup('job', LIMITS, path.join(root, 'nowhere'), own)).toBeUndefined();
});

it('does not take a folder for a group that keeps no bound', () => {
  // A plain folder: the files of a group do not appear in it, so that nothing is set.
  const own = path.join(root, 'own');
  writeFileSync(own, '0::/user.slice/app.scope\n');
  writeFileSync(path.join(root, 'cgroup.controllers'), 'cpu memory pids\n');
  mkdirSync(path.join(root, 'user.slice/app.scope'), { recursive: true });
  expect(makeControlGroup('job', LIMITS, root, own)).toBeUndefined();
  expect(readFileSync(path.join(root, 'cgroup.controllers'), 'utf8')).toContain('memory');
  expect(existsSync(path.join(root, 'user.slice'))).toBe(true);
});
