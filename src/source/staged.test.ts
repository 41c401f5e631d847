import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGit } from '#adapters/git.ts';
import { open, pathsOf, plainGit, refsOf, Scratch, summary, withoutGit } from './fixture.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Source, SourceOptions } from './source.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q', '-b', 'main');
});
afterEach(() => scratch.remove());

const staged = (options: Partial<SourceOptions> = {}, at = scratch.folder): Promise<Source> =>
  open({ kind: 'staged', path: at }, options);

describe('staged changes', () => {
  it('are all there is before the first commit', async () => {
    scratch.write('a.txt', 'one\n');
    scratch.git('add', '.');
    scratch.write('b.txt', 'not staged\n');
    scratch.write('a.txt', 'one\nnot staged\n');
    expect(await summary(await staged())).toEqual([['a.txt', 'one\n', 'all']]);
  });

  it('are read from the index, with the lines they add', async () => {
    scratch.write('a.txt', '1\n2\n3\n4\n5\n6\n');
    scratch.write('removed.txt');
    scratch.write('fewer.txt', 'a\nb\n');
    scratch.write('mode.sh', 'x\n');
    scratch.commit();
    scratch.write('a.txt', 'zero\n1\n2\nthree\n4\n5\n6\nseven\neight');
    scratch.write('new.txt', 'new\n');
    scratch.write('fewer.txt', 'a\n');
    rmSync(scratch.at('removed.txt'));
    chmodSync(scratch.at('mode.sh'), 0o755);
    scratch.git('add', '-A');
    scratch.write('a.txt', 'something else\n');
    expect(await summary(await staged())).toEqual([
      ['a.txt', 'zero\n1\n2\nthree\n4\n5\n6\nseven\neight', '1-1 4-4 8-9'],
      ['fewer.txt', 'a\n', ''],
      ['mode.sh', 'x\n', ''],
      ['new.txt', 'new\n', 'all'],
    ]);
  });

  it('may have any name', async () => {
    const names = ['a b.txt', 'tab\there', 'new\nline', '"q"', 'ü.txt', '-n', 'back\\slash', '+++ b', 'b/a'];
    for (const name of names) scratch.write(name, 'x\n');
    scratch.commit();
    for (const name of names) scratch.write(name, 'x\n+++ b/fake\n@@ -1 +1 @@\n');
    scratch.git('add', '.');
    expect(await summary(await staged())).toEqual(
      names.toSorted().map((name) => [name, 'x\n+++ b/fake\n@@ -1 +1 @@\n', '2-3']),
    );
  });

  it('of a name that is no UTF-8 are found', async () => {
    const raw = Buffer.concat([Buffer.from(`${scratch.folder}/bad-`), Buffer.from([0xff])]);
    writeFileSync(raw, 'a\n');
    scratch.commit();
    writeFileSync(raw, 'a\nb\n');
    scratch.git('add', '.');
    expect(await summary(await staged())).toEqual([['bad-\\xFF', 'a\nb\n', '2-2']]);
  });

  it('cannot be called binary by an attribute', async () => {
    scratch.write('a.txt', 'a\n');
    scratch.write('.gitattributes', '*.txt binary\n');
    scratch.commit();
    scratch.write('a.txt', 'a\nb\n');
    scratch.git('add', '.');
    expect(await summary(await staged())).toEqual([['a.txt', 'a\nb\n', '2-2']]);
  });

  it('leave out links, submodules and what is excluded', async () => {
    scratch.write('vendor/x.js');
    symlinkSync('/etc/passwd', scratch.at('link'));
    scratch.write('inner/a.ts');
    plainGit(scratch.at('inner'), 'init', '-q');
    plainGit(scratch.at('inner'), 'add', '.');
    plainGit(scratch.at('inner'), 'commit', '-q', '-m', 'x');
    scratch.git('add', '.');
    const source = await staged({ exclude: ['vendor'] });
    expect(await pathsOf(source)).toEqual([]);
    expect(source.counts).toEqual({ excluded: 1, symlinks: 1 });
  });

  it('in UTF-16 are new as a whole', async () => {
    scratch.write('a.txt', Buffer.from('\uFEFFone\n', 'utf16le'));
    scratch.commit();
    scratch.write('a.txt', Buffer.from('\uFEFFone\ntwo\n', 'utf16le'));
    scratch.git('add', '.');
    expect(await summary(await staged())).toEqual([['a.txt', 'one\ntwo\n', 'all']]);
  });

  it('that became another kind of thing are new as a whole', async () => {
    symlinkSync('nowhere', scratch.at('a'));
    scratch.commit();
    rmSync(scratch.at('a'));
    scratch.write('a', 'x\n');
    scratch.git('add', '.');
    expect(await summary(await staged())).toEqual([['a', 'x\n', 'all']]);
  });

  it('of a part of the repository are relative to it', async () => {
    scratch.write('one/a');
    scratch.write('two/b');
    scratch.git('add', '.');
    expect(await pathsOf(await staged({}, scratch.at('two')))).toEqual(['b']);
  });

  it('in conflict are a Problem', async () => {
    scratch.conflict();
    const source = await staged();
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toMatchObject([{ code: 'file-unmerged', path: 'a.txt' }]);
  });

  it('do not wait for ever for a FIFO', async () => {
    scratch.write('a', 'x\n');
    scratch.commit();
    scratch.write('a', 'y\n');
    scratch.git('add', 'a');
    execFileSync('mkfifo', [scratch.at('.gitattributes')]);
    await expect(pathsOf(await staged({ git: createGit({ patienceMs: 300 }) }))).rejects.toMatchObject({
      code: 'git-stuck',
      hint: expect.stringContaining('FIFO'),
    });
  });

  it('do not exist outside a repository, or without git', async () => {
    await expect(staged({}, scratch.root)).rejects.toMatchObject({ code: 'repository-not-found' });
    await expect(staged({ git: withoutGit })).rejects.toMatchObject({ code: 'git-missing' });
  });

  it('larger than the limit are passed over', async () => {
    scratch.write('a', 'x'.repeat(5000));
    scratch.write('b', 'small');
    scratch.write('c', Buffer.alloc(5000));
    scratch.git('add', '.');
    const source = await staged({ limits: { ...DEFAULT_LIMITS, maxFileBytes: 1000 } });
    expect(await pathsOf(source)).toEqual(['b', 'c']);
    expect(source.problems).toMatchObject([{ code: 'file-too-large', path: 'a' }]);
  });
});

describe('batches of blobs', () => {
  it('are bounded by their bytes', async () => {
    for (let index = 0; index < 5; index += 1) scratch.write(`f${index}`, `${index}${'x'.repeat(5 * 1024 * 1024)}`);
    scratch.git('add', '.');
    const source = await staged();
    const sizes: number[] = [];
    for await (const batch of source.refs) sizes.push(batch.length);
    expect(sizes).toEqual([2, 2, 1]);
    expect((await refsOf(await staged()))[0]?.stamp).toMatch(/^blob-[0-9a-f]{40}$/);
  });
});
