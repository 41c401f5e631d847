import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitProgram } from '#adapters/git.ts';
import { itemsOf, pathsOf, Scratch, withoutGit } from './fixture.ts';
import { isProblem } from './items.ts';

const RUNS = process.env['SLUICE_FUZZ_RUNS'] === undefined ? undefined : Number(process.env['SLUICE_FUZZ_RUNS']);

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

/** Permissions mean nothing to root, so for a while we are somebody else. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return await action();
  process.seteuid?.(65534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

describe.each([
  ['with git', gitProgram],
  ['without git', withoutGit],
])('a folder %s', (_name, port) => {
  it('is what git would take, and nothing that it ignores', async () => {
    if (port === gitProgram) scratch.git('init', '-q');
    scratch.write('.gitignore', '*.log\nbuild/\n!keep.log\n');
    scratch.write('a.txt');
    scratch.write('a.log');
    scratch.write('keep.log');
    scratch.write('build/out.js');
    scratch.write('deep/.gitignore', '/only-here\n!*.log\n');
    scratch.write('deep/x.log');
    scratch.write('deep/only-here');
    scratch.write('deep/er/only-here');
    const source = await scratch.open({ git: port });
    expect(await pathsOf(source)).toEqual([
      '.gitignore',
      'a.txt',
      'deep/.gitignore',
      'deep/er/only-here',
      'deep/x.log',
      'keep.log',
    ]);
    expect(source.counts).toEqual({ excluded: 3, symlinks: 0 });
    expect(source.total).toBe(6);
    if (port === gitProgram) expect(source.problems).toEqual([]);
  });

  it('leaves out what the configuration excludes', async () => {
    scratch.write('src/a.ts');
    scratch.write('vendor/b.ts');
    scratch.write('test/fixtures/c.ts');
    const source = await scratch.open({ git: port, exclude: ['/vendor/', 'fixtures'] });
    expect(await pathsOf(source)).toEqual(['src/a.ts']);
    expect(source.counts.excluded).toBe(2);
  });

  it('follows no link', async () => {
    writeFileSync(path.join(scratch.root, 'outside.txt'), 'outside');
    mkdirSync(path.join(scratch.root, 'elsewhere'));
    writeFileSync(path.join(scratch.root, 'elsewhere/x.txt'), 'outside');
    if (port === gitProgram) scratch.git('init', '-q');
    scratch.write('real.txt');
    symlinkSync(path.join(scratch.root, 'outside.txt'), scratch.at('out'));
    symlinkSync(path.join(scratch.root, 'elsewhere'), scratch.at('dir'));
    symlinkSync('real.txt', scratch.at('in'));
    symlinkSync('.', scratch.at('loop'));
    symlinkSync('nowhere', scratch.at('broken'));
    const source = await scratch.open({ git: port });
    expect(await pathsOf(source)).toEqual(['real.txt']);
    expect(source.counts.symlinks).toBe(5);
  });

  it('shows every name', async () => {
    if (port === gitProgram) scratch.git('init', '-q');
    const raw = Buffer.concat([Buffer.from(`${scratch.folder}/bad-`), Buffer.from([0xff, 0xe9]), Buffer.from('.txt')]);
    writeFileSync(raw, 'bad');
    mkdirSync(Buffer.concat([Buffer.from(`${scratch.folder}/dir-`), Buffer.from([0xfe])]));
    writeFileSync(
      Buffer.concat([Buffer.from(`${scratch.folder}/dir-`), Buffer.from([0xfe]), Buffer.from('/inner')]),
      'inner',
    );
    scratch.write('new\nline.txt');
    scratch.write(' space ');
    scratch.write('"quoted"\t');
    scratch.write('日本.txt');
    scratch.write('-dash');
    const source = await scratch.open({ git: port });
    const items = await itemsOf(source);
    expect(items.map((item) => !isProblem(item) && [item.path, item.text?.string])).toEqual([
      [' space ', ' space \n'],
      ['"quoted"\t', '"quoted"\t\n'],
      ['-dash', '-dash\n'],
      ['bad-\\xFF\\xE9.txt', 'bad'],
      ['dir-\\xFE/inner', 'inner'],
      ['new\nline.txt', 'new\nline.txt\n'],
      ['日本.txt', '日本.txt\n'],
    ]);
  });

  it('says what it may not read', async () => {
    chmodSync(scratch.root, 0o755);
    if (port === gitProgram) scratch.git('init', '-q');
    scratch.write('open.txt');
    scratch.write('closed.txt');
    scratch.write('closed/in.txt');
    chmodSync(scratch.at('closed.txt'), 0);
    chmodSync(scratch.at('closed'), 0);
    const { source, items } = await asNobody(async () => {
      const opened = await scratch.open({ git: port });
      return { source: opened, items: await itemsOf(opened) };
    });
    chmodSync(scratch.at('closed'), 0o755);
    expect(items).toMatchObject([{ code: 'file-unreadable', path: 'closed.txt' }, { path: 'open.txt' }]);
    expect(source.problems.filter((each) => each.path !== '.')).toMatchObject([
      { code: 'file-unreadable', path: 'closed' },
    ]);
  });

  it('is empty without a word', async () => {
    const source = await scratch.open({ git: port });
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toEqual([]);
  });
});

describe('the walk', () => {
  it('lists what git lists, whatever the ignore files say', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd.x', 'e.y', 'f g');
    const file = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const line = fc.constantFrom(
      'a',
      '/a',
      'a/',
      '*.x',
      '!*.x',
      '!a',
      'b/*',
      '!b/c',
      '**/c',
      'a/**',
      '/*',
      '!/b/',
      '*',
      '!*/',
      'f g',
      '?',
      '[a-c]',
    );
    const ignoreFile = fc.tuple(fc.constantFrom('', 'a/', 'b/', 'a/b/'), fc.array(line, { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 1, maxLength: 12 }),
        fc.array(ignoreFile, { maxLength: 3 }),
        async (files, ignores) => {
          scratch.clear();
          scratch.git('init', '-q');
          for (const [where, lines] of ignores) tryWrite(`${where}.gitignore`, `${lines.join('\n')}\n`);
          for (const each of files) tryWrite(each, 'x');
          const mine = await pathsOf(await scratch.open({ git: withoutGit }));
          expect(mine).toEqual(await pathsOf(await scratch.open()));
        },
      ),
      { numRuns: RUNS ?? 25 },
    );
  }, 600_000);
});

/** A generated path may lead through a file that another one made. */
function tryWrite(name: string, content: string): void {
  try {
    scratch.write(name, content);
  } catch {
    // Then the tree is without it.
  }
}
