import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installHooks } from './hooks.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluice-hooks-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function program(file: string, says: string): void {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho ${says} "$@"\n`);
  chmodSync(file, 0o755);
}

/** What the pre-commit hook prints where the search path holds no more than a shell's own tools and `more`. */
function printed(...more: string[]): string {
  const tools = join(root, 'tools');
  mkdirSync(tools, { recursive: true });
  for (const name of ['dirname', 'cat']) {
    rmSync(join(tools, name), { force: true });
    symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(tools, name));
  }
  const PATH = [...more, tools].join(delimiter);
  return spawnSync('/bin/sh', ['.git/hooks/pre-commit'], { cwd: root, encoding: 'utf8', env: { PATH } }).stdout;
}

test('a hook runs the program on the search path, else that of the repository, else what npx has', async () => {
  execFileSync('git', ['init', '-q'], { cwd: root });
  await installHooks(root, ['pre-commit']);
  program(join(root, 'npx/npx'), 'npx');
  expect(printed(join(root, 'npx'))).toBe('npx --no-install sluice scan --staged --no-progress\n');
  program(join(root, 'node_modules/.bin/sluice'), 'local');
  expect(printed(join(root, 'npx'))).toBe('local scan --staged --no-progress\n');
  program(join(root, 'bin/sluice'), 'global');
  expect(printed(join(root, 'bin'))).toBe('global scan --staged --no-progress\n');
});

test('a hook that is a link is replaced, and what it leads to stays as it was', async () => {
  execFileSync('git', ['init', '-q', 'repo'], { cwd: root });
  const hook = join(root, 'repo/.git/hooks/pre-commit');
  symlinkSync(join(root, 'outside'), hook);
  await installHooks(join(root, 'repo'), ['pre-commit']);
  expect(existsSync(join(root, 'outside'))).toBe(false);
  expect(lstatSync(hook).isFile()).toBe(true);
});
