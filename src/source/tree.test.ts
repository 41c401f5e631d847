import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { open, pathsOf, plainGit, Scratch, summary } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q', '-b', 'main');
});
afterEach(() => scratch.remove());

describe('a bare repository', () => {
  it('is read by the files of HEAD', async () => {
    scratch.write('a.txt', 'a\n');
    scratch.write('dir/b.bin', Buffer.from([0, 1, 2]));
    scratch.write('skip/c.txt');
    symlinkSync('/etc/passwd', scratch.at('link'));
    for (let index = 0; index < 600; index += 1) scratch.write(`many/${index}`);
    scratch.commit();
    const bare = path.join(scratch.root, 'bare.git');
    plainGit(scratch.root, 'clone', '-q', '--bare', scratch.folder, bare);
    const source = await scratch.open({ exclude: ['skip/', 'many/'] }, bare);
    expect(source.subject).toContain('bare repository');
    expect(await summary(source)).toEqual([
      ['a.txt', 'a\n', 'all'],
      ['dir/b.bin', undefined, 'all'],
    ]);
    expect(source.counts).toEqual({ excluded: 601, symlinks: 1 });
    const batches: number[] = [];
    for await (const batch of (await scratch.open({}, bare)).refs) batches.push(batch.length);
    expect(batches).toEqual([256, 256, 91]);
  });

  it('without a commit is empty', async () => {
    plainGit(scratch.root, 'init', '-q', '--bare', 'empty.git');
    expect(await pathsOf(await scratch.open({}, path.join(scratch.root, 'empty.git')))).toEqual([]);
  });

  it('whose objects are missing or broken says which files are', async () => {
    scratch.write('a.txt', 'a\n');
    scratch.write('b.txt', 'b\n');
    scratch.commit();
    const id = scratch.git('rev-parse', 'HEAD:a.txt').trim();
    scratch.git('config', 'core.bare', 'true');
    rmSync(scratch.at(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`));
    const source = await scratch.open({}, scratch.at('.git'));
    expect(await pathsOf(source)).toEqual(['b.txt']);
    expect(source.problems).toMatchObject([{ code: 'object-missing', path: 'a.txt' }]);
  });

  it('whose objects are damaged loses those alone', async () => {
    for (const name of ['a', 'b', 'c']) scratch.write(name);
    scratch.commit();
    const id = scratch.git('rev-parse', 'HEAD:b').trim();
    const object = scratch.at(`.git/objects/${id.slice(0, 2)}/${id.slice(2)}`);
    chmodSync(object, 0o644);
    writeFileSync(object, 'nonsense');
    scratch.git('config', 'core.bare', 'true');
    const source = await scratch.open({}, scratch.at('.git'));
    expect(await pathsOf(source)).toEqual(['a', 'c']);
    expect(source.problems).toMatchObject([{ path: 'b' }]);
  });

  it('has no staged changes', async () => {
    plainGit(scratch.root, 'init', '-q', '--bare', 'empty.git');
    await expect(open({ kind: 'staged', path: path.join(scratch.root, 'empty.git') })).rejects.toMatchObject({
      code: 'repository-not-found',
    });
  });
});

describe('an address', () => {
  it('is cloned for as long as it is open', async () => {
    scratch.write('a.txt', 'a\n');
    scratch.write('.gitattributes', '*.txt filter=lfs\n');
    scratch.commit();
    const source = await open({ kind: 'url', url: `file://${scratch.folder}`, history: false });
    expect(await summary(source)).toEqual([
      ['.gitattributes', '*.txt filter=lfs\n', 'all'],
      ['a.txt', 'a\n', 'all'],
    ]);
    await source.close();
  });
});
