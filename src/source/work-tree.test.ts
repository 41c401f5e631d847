import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '#adapters/git.ts';
import { pathsOf, plainGit, Scratch, withoutGit } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

describe('a work tree', () => {
  beforeEach(() => {
    scratch.git('init', '-q', '-b', 'main');
  });

  it('has the files that are tracked though ignored, and not those that are gone', async () => {
    scratch.write('kept.log');
    scratch.write('gone.txt');
    scratch.git('add', '.');
    scratch.write('.gitignore', '*.log\n');
    rmSync(scratch.at('gone.txt'));
    expect(await pathsOf(await scratch.open())).toEqual(['.gitignore', 'kept.log']);
    expect(await pathsOf(await scratch.open({ git: withoutGit }))).toEqual(['.gitignore']);
  });

  it('does not depend on the ignore file of the user', async () => {
    scratch.write('a.idea');
    scratch.git('config', 'core.excludesFile', path.join(scratch.root, 'mine'));
    writeFileSync(path.join(scratch.root, 'mine'), '*.idea\n');
    expect(await pathsOf(await scratch.open())).toEqual(['a.idea']);
  });

  it('does not leave the target through a folder that became a link', async () => {
    scratch.write('dir/passwd');
    scratch.git('add', '.');
    mkdirSync(path.join(scratch.root, 'etc'));
    writeFileSync(path.join(scratch.root, 'etc/passwd'), 'outside');
    rmSync(scratch.at('dir'), { recursive: true });
    symlinkSync(path.join(scratch.root, 'etc'), scratch.at('dir'));
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual([]);
    expect(source.counts.symlinks).toBeGreaterThan(0);
  });

  it('can be scanned in part, even the part that is ignored', async () => {
    scratch.write('.gitignore', 'dist/\n');
    scratch.write('src/a.ts');
    scratch.write('dist/b.js');
    expect(await pathsOf(await scratch.open({}, scratch.at('src')))).toEqual(['a.ts']);
    expect(await pathsOf(await scratch.open({}, scratch.at('dist')))).toEqual(['b.js']);
  });

  it('includes submodules that are checked out, and misses the others', async () => {
    const library = path.join(scratch.root, 'library');
    mkdirSync(library);
    plainGit(library, 'init', '-q', '-b', 'main');
    writeFileSync(path.join(library, 'lib.ts'), 'lib');
    writeFileSync(path.join(library, '.gitignore'), '*.tmp');
    plainGit(library, 'add', '.');
    plainGit(library, 'commit', '-q', '-m', 'first');
    scratch.git('submodule', 'add', '-q', library, 'here');
    scratch.git('submodule', 'add', '-q', library, 'absent');
    scratch.write('here/new.ts');
    scratch.write('here/x.tmp');
    scratch.git('submodule', 'deinit', '-q', '-f', 'absent');
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual(['.gitmodules', 'here/.gitignore', 'here/lib.ts', 'here/new.ts']);
    expect(source.problems).toMatchObject([{ code: 'submodule-absent', path: 'absent' }]);
  });

  it('includes a repository that somebody put into it', async () => {
    scratch.write('inner/a.ts');
    plainGit(scratch.at('inner'), 'init', '-q');
    expect(await pathsOf(await scratch.open())).toEqual(['inner/a.ts']);
    expect(await pathsOf(await scratch.open({ exclude: ['inner'] }))).toEqual([]);
  });

  it('whose repository is broken is listed without it, and says so', async () => {
    scratch.write('a.txt');
    writeFileSync(scratch.at('.git/HEAD'), 'nonsense');
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject([{ code: 'repository-unreadable' }]);
  });

  it('whose index is broken is listed without it, and says so', async () => {
    scratch.write('a.txt');
    scratch.git('add', '.');
    writeFileSync(scratch.at('.git/index'), 'DIRC nonsense that is no index');
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject([{ code: 'repository-unreadable' }]);
  });

  it('whose configuration names another work tree is listed without git, and says so', async () => {
    scratch.write('a.txt');
    scratch.write('inner/b.txt');
    plainGit(scratch.at('inner'), 'init', '-q');
    for (const folder of [scratch.folder, scratch.at('inner')]) plainGit(folder, 'config', 'core.worktree', tmpdir());
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual(['a.txt', 'inner/b.txt']);
    expect(source.problems).toMatchObject([{ code: 'repository-unreadable', path: '.' }]);
    scratch.git('config', '--unset', 'core.worktree');
    const outer = await scratch.open();
    expect(await pathsOf(outer)).toEqual(['a.txt', 'inner/b.txt']);
    expect(outer.problems).toMatchObject([{ code: 'repository-unreadable', path: 'inner/' }]);
  });

  it('that makes git wait for ever is listed without it, and says so', async () => {
    scratch.write('a.txt');
    execFileSync('mkfifo', [scratch.at('.gitignore')]);
    const source = await scratch.open({ git: createGit({ patienceMs: 300 }) });
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject(
      [{ code: 'file-special', path: '.gitignore' }, { code: 'repository-unreadable' }].toReversed(),
    );
  });

  it('stops with the signal', async () => {
    scratch.write('a.txt');
    const source = await scratch.open({ signal: AbortSignal.abort(new Error('stopped')) });
    await expect(pathsOf(source)).rejects.toThrow('stopped');
  });
});
