import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open, pathsOf, plainGit, Scratch, summary } from './fixture.ts';
import type { Source, SourceOptions } from './source.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q', '-b', 'main');
});
afterEach(() => scratch.remove());

const since = (revision: string, options: Partial<SourceOptions> = {}, at = scratch.folder): Promise<Source> =>
  open({ kind: 'since', path: at, revision }, options);

describe('changes since a revision', () => {
  it('are what the branch and the work tree brought', async () => {
    scratch.write('a.txt', '1\n2\n3\n');
    scratch.write('same.txt');
    scratch.write('.gitignore', '*.log\n');
    scratch.commit();
    scratch.git('switch', '-q', '-c', 'work');
    scratch.write('a.txt', '1\n2\nthree\n');
    scratch.write('committed.txt', 'c\n');
    scratch.commit();
    scratch.git('switch', '-q', 'main');
    scratch.write('same.txt', 'changed on main\n');
    scratch.write('main.txt', 'on main\n');
    scratch.commit();
    scratch.git('switch', '-q', 'work');
    scratch.write('a.txt', '1\n2\nthree\nfour\n');
    scratch.write('staged.txt', 's\n');
    scratch.git('add', 'staged.txt');
    scratch.write('untracked.txt', 'u\n');
    scratch.write('x.log', 'ignored\n');
    expect(await summary(await since('main'))).toEqual([
      ['a.txt', '1\n2\nthree\nfour\n', '3-4'],
      ['committed.txt', 'c\n', 'all'],
      ['staged.txt', 's\n', 'all'],
      ['untracked.txt', 'u\n', 'all'],
    ]);
    expect(await summary(await since('HEAD', { exclude: ['untracked*', 'staged*'] }))).toEqual([
      ['a.txt', '1\n2\nthree\nfour\n', '4-4'],
    ]);
  });

  it('have a revision that is known', async () => {
    scratch.commit();
    for (const revision of ['nope', '-x', '^HEAD', '--output=x', '', 'a\0b', 'HEAD:']) {
      await expect(since(revision)).rejects.toMatchObject({
        code: 'revision-unknown',
        hint: expect.stringContaining('git fetch'),
      });
    }
  });

  it('say how to get what a shallow clone lacks', async () => {
    scratch.write('a');
    scratch.commit();
    const first = scratch.git('rev-parse', 'HEAD').trim();
    scratch.write('b');
    scratch.commit();
    const shallow = path.join(scratch.root, 'shallow');
    plainGit(scratch.root, 'clone', '-q', '--depth', '1', `file://${scratch.folder}`, shallow);
    await expect(since(first, {}, shallow)).rejects.toMatchObject({
      code: 'revision-unknown',
      hint: expect.stringContaining('fetch-depth: 0'),
    });
    plainGit(shallow, 'fetch', '-q', '--depth', '1', 'origin', first);
    const source = await since(first, {}, shallow);
    expect(await pathsOf(source)).toEqual(['b']);
    expect(source.problems).toMatchObject([{ code: 'history-shallow' }]);
  });

  it('work before the first commit of a branch', async () => {
    scratch.write('a');
    scratch.commit();
    scratch.git('switch', '-q', '--orphan', 'fresh');
    scratch.write('b');
    scratch.git('add', '.');
    expect(await pathsOf(await since('main'))).toEqual(['b']);
  });

  it('include files in conflict, once', async () => {
    scratch.conflict();
    expect(await pathsOf(await since('HEAD'))).toEqual(['a.txt']);
  });

  it('include a submodule that moved, as a whole', async () => {
    const library = path.join(scratch.root, 'library');
    mkdirSync(library);
    plainGit(library, 'init', '-q');
    writeFileSync(path.join(library, 'lib.ts'), 'lib');
    plainGit(library, 'add', '.');
    plainGit(library, 'commit', '-q', '-m', 'first');
    scratch.git('submodule', 'add', '-q', library, 'lib');
    scratch.commit();
    expect(await pathsOf(await since('HEAD'))).toEqual([]);
    writeFileSync(path.join(scratch.at('lib'), 'lib.ts'), 'changed');
    expect(await pathsOf(await since('HEAD'))).toEqual(['lib/lib.ts']);
  });

  it('do not exist outside a repository', async () => {
    await expect(since('HEAD', {}, scratch.root)).rejects.toMatchObject({ code: 'repository-not-found' });
  });

  it('see a submodule that .gitmodules says to ignore', async () => {
    const other = path.join(scratch.root, 'other');
    mkdirSync(other);
    plainGit(other, 'init', '-q', '-b', 'main');
    writeFileSync(path.join(other, 'a.txt'), 'a\n');
    plainGit(other, 'add', '.');
    plainGit(other, 'commit', '-q', '-m', 'one');
    scratch.git('submodule', 'add', '-q', other, 'sub');
    scratch.git('config', '-f', '.gitmodules', 'submodule.sub.ignore', 'all');
    scratch.commit();
    writeFileSync(scratch.at('sub/b.txt'), 'b\n');
    plainGit(scratch.at('sub'), 'add', '.');
    plainGit(scratch.at('sub'), 'commit', '-q', '-m', 'two');
    expect(await pathsOf(await since('HEAD'))).toEqual(['sub/a.txt', 'sub/b.txt']);
  });

  it('say that git writes files in an encoding that nobody reads', async () => {
    scratch.write('deep/.gitattributes', '#*.txt working-tree-encoding=UTF-7\n*.env working-tree-encoding=UTF-32LE\n');
    scratch.commit();
    scratch.write('a.txt');
    const problem = { code: 'encoding-unread', path: 'deep/.gitattributes', line: 2 };
    for (const source of [await since('HEAD'), await scratch.open()]) {
      await pathsOf(source);
      expect(source.problems).toMatchObject([problem]);
    }
    scratch.write(
      'deep/.gitattributes',
      '*.txt working-tree-encoding=UTF-16LE-BOM\n*.c working-tree-encoding=cp1252\n',
    );
    const read = await scratch.open();
    await pathsOf(read);
    expect(read.problems).toEqual([]);
  });
});
