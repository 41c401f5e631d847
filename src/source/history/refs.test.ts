import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRefs } from './refs.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const C = 'c'.repeat(40);

describe('readRefs', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-refs-'));
    mkdirSync(join(folder, 'refs/heads'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }

  it('reads refs in files before packed ones, and leaves peeled and symbolic ones to those they lead to', () => {
    write({
      HEAD: 'ref: refs/heads/main\n',
      'packed-refs': `# pack-refs with: peeled\n${A} refs/heads/main\n${B} refs/tags/one\n^${C}\n`,
      'refs/heads/main': `${C}\n`,
      'refs/heads/main.lock': '',
      'refs/remotes/origin/HEAD': 'ref: refs/remotes/origin/main\n',
    });
    const refs = readRefs(folder, folder);
    expect([refs?.head, refs?.tips.toSorted()]).toEqual([C, [B, C]]);
  });

  it('has no head on a branch without commits, and the commit itself where HEAD is detached', () => {
    write({ HEAD: 'ref: refs/heads/main\n' });
    expect(readRefs(folder, folder)).toEqual({ head: undefined, tips: [] });
    write({ HEAD: `${A}\n` });
    expect(readRefs(folder, folder)).toEqual({ head: A, tips: [] });
  });

  it('takes HEAD of a linked work tree from its own folder, and refs from both', () => {
    write({ HEAD: `${A}\n`, 'refs/heads/main': A, 'linked/HEAD': B, 'linked/refs/bisect/bad': C });
    expect(readRefs(join(folder, 'linked'), folder)).toEqual({ head: B, tips: [A, C] });
  });

  it('does not take symbolic refs round in circles', () => {
    write({ HEAD: 'ref: refs/heads/a', 'refs/heads/a': 'ref: refs/heads/b', 'refs/heads/b': 'ref: refs/heads/a' });
    expect(readRefs(folder, folder)?.head).toBeUndefined();
  });

  it('leaves to git what it does not know: another format, a link, a damaged file', () => {
    write({ HEAD: `${A}\n`, 'refs/heads/main': 'this repository uses the reftable format\n' });
    expect(readRefs(folder, folder)).toBeUndefined();
    rmSync(join(folder, 'refs/heads/main'));
    symlinkSync('/dev/zero', join(folder, 'refs/heads/main'));
    expect(readRefs(folder, folder)).toBeUndefined();
    rmSync(join(folder, 'HEAD'));
    expect(readRefs(folder, folder)).toBeUndefined();
  });
});
