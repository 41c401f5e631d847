import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitProgram } from '#adapters/git.ts';
import type { ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { openSource } from './index.ts';
import { type Item, isProblem } from './items.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { ReadBuffer, readArtifact } from './read.ts';
import type { Source, SourceOptions } from './source.ts';

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sluice-source-'));
  folder = path.join(root, 'target');
  mkdirSync(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const git = (...args: string[]): string => gitIn(folder, ...args);
const gitIn = (cwd: string, ...args: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always', ...args],
    {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );

const write = (name: string, content: string | Buffer = `${name}\n`): void => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

const withoutGit: Git = {
  run: async () => {
    throw new SluiceError('git-missing', 'The git program was not found.');
  },
  // biome-ignore lint/correctness/useYield: it fails before it has anything to yield.
  stream: async function* () {
    throw new SluiceError('git-missing', 'The git program was not found.');
  },
};

const open = (options: Partial<SourceOptions> = {}, at = folder): Promise<Source> =>
  openSource({ kind: 'folder', path: at }, { git: gitProgram, ...options });

async function refsOf(source: Source): Promise<ArtifactRef[]> {
  const refs: ArtifactRef[] = [];
  for await (const batch of source.refs) refs.push(...batch);
  return refs.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
const pathsOf = async (source: Source): Promise<string[]> => (await refsOf(source)).map((ref) => ref.path);

async function itemsOf(source: Source): Promise<Item[]> {
  const items: Item[] = [];
  for (const ref of await refsOf(source)) for await (const item of readArtifact(ref, DEFAULT_LIMITS)) items.push(item);
  return items;
}

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
    if (port === gitProgram) git('init', '-q');
    write('.gitignore', '*.log\nbuild/\n!keep.log\n');
    write('a.txt');
    write('a.log');
    write('keep.log');
    write('build/out.js');
    write('deep/.gitignore', '/only-here\n!*.log\n');
    write('deep/x.log');
    write('deep/only-here');
    write('deep/er/only-here');
    const source = await open({ git: port });
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
    write('src/a.ts');
    write('vendor/b.ts');
    write('test/fixtures/c.ts');
    const source = await open({ git: port, exclude: ['/vendor/', 'fixtures'] });
    expect(await pathsOf(source)).toEqual(['src/a.ts']);
    expect(source.counts.excluded).toBe(2);
  });

  it('follows no link', async () => {
    writeFileSync(path.join(root, 'outside.txt'), 'outside');
    mkdirSync(path.join(root, 'elsewhere'));
    writeFileSync(path.join(root, 'elsewhere/x.txt'), 'outside');
    if (port === gitProgram) git('init', '-q');
    write('real.txt');
    symlinkSync(path.join(root, 'outside.txt'), path.join(folder, 'out'));
    symlinkSync(path.join(root, 'elsewhere'), path.join(folder, 'dir'));
    symlinkSync('real.txt', path.join(folder, 'in'));
    symlinkSync('.', path.join(folder, 'loop'));
    symlinkSync('nowhere', path.join(folder, 'broken'));
    const source = await open({ git: port });
    expect(await pathsOf(source)).toEqual(['real.txt']);
    expect(source.counts.symlinks).toBe(5);
  });

  it('shows every name', async () => {
    if (port === gitProgram) git('init', '-q');
    const raw = Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff, 0xe9]), Buffer.from('.txt')]);
    writeFileSync(raw, 'bad');
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/dir-`), Buffer.from([0xfe])]));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/dir-`), Buffer.from([0xfe]), Buffer.from('/inner')]), 'inner');
    write('new\nline.txt');
    write(' space ');
    write('"quoted"\t');
    write('日本.txt');
    write('-dash');
    const source = await open({ git: port });
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
    chmodSync(root, 0o755);
    if (port === gitProgram) git('init', '-q');
    write('open.txt');
    write('closed.txt');
    write('closed/in.txt');
    chmodSync(path.join(folder, 'closed.txt'), 0);
    chmodSync(path.join(folder, 'closed'), 0);
    const { source, items } = await asNobody(async () => {
      const opened = await open({ git: port });
      return { source: opened, items: await itemsOf(opened) };
    });
    chmodSync(path.join(folder, 'closed'), 0o755);
    expect(items).toMatchObject([{ code: 'file-unreadable', path: 'closed.txt' }, { path: 'open.txt' }]);
    expect(source.problems.filter((each) => each.path !== '.')).toMatchObject([
      { code: 'file-unreadable', path: 'closed' },
    ]);
  });

  it('is empty without a word', async () => {
    const source = await open({ git: port });
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toEqual([]);
  });
});

describe('a work tree', () => {
  beforeEach(() => {
    git('init', '-q', '-b', 'main');
  });

  it('has the files that are tracked though ignored, and not those that are gone', async () => {
    write('kept.log');
    write('gone.txt');
    git('add', '.');
    write('.gitignore', '*.log\n');
    rmSync(path.join(folder, 'gone.txt'));
    expect(await pathsOf(await open())).toEqual(['.gitignore', 'kept.log']);
    expect(await pathsOf(await open({ git: withoutGit }))).toEqual(['.gitignore']);
  });

  it('does not depend on the ignore file of the user', async () => {
    write('a.idea');
    git('config', 'core.excludesFile', path.join(root, 'mine'));
    writeFileSync(path.join(root, 'mine'), '*.idea\n');
    expect(await pathsOf(await open())).toEqual(['a.idea']);
  });

  it('does not leave the target through a folder that became a link', async () => {
    write('dir/passwd');
    git('add', '.');
    mkdirSync(path.join(root, 'etc'));
    writeFileSync(path.join(root, 'etc/passwd'), 'outside');
    rmSync(path.join(folder, 'dir'), { recursive: true });
    symlinkSync(path.join(root, 'etc'), path.join(folder, 'dir'));
    const source = await open();
    expect(await pathsOf(source)).toEqual([]);
    expect(source.counts.symlinks).toBeGreaterThan(0);
  });

  it('can be scanned in part, even the part that is ignored', async () => {
    write('.gitignore', 'dist/\n');
    write('src/a.ts');
    write('dist/b.js');
    expect(await pathsOf(await open({}, path.join(folder, 'src')))).toEqual(['a.ts']);
    expect(await pathsOf(await open({}, path.join(folder, 'dist')))).toEqual(['b.js']);
  });

  it('includes submodules that are checked out, and misses the others', async () => {
    const library = path.join(root, 'library');
    mkdirSync(library);
    gitIn(library, 'init', '-q', '-b', 'main');
    writeFileSync(path.join(library, 'lib.ts'), 'lib');
    writeFileSync(path.join(library, '.gitignore'), '*.tmp');
    gitIn(library, 'add', '.');
    gitIn(library, 'commit', '-q', '-m', 'first');
    git('submodule', 'add', '-q', library, 'here');
    git('submodule', 'add', '-q', library, 'absent');
    write('here/new.ts');
    write('here/x.tmp');
    git('submodule', 'deinit', '-q', '-f', 'absent');
    const source = await open();
    expect(await pathsOf(source)).toEqual(['.gitmodules', 'here/.gitignore', 'here/lib.ts', 'here/new.ts']);
    expect(source.problems).toMatchObject([{ code: 'submodule-absent', path: 'absent' }]);
  });

  it('includes a repository that somebody put into it', async () => {
    write('inner/a.ts');
    gitIn(path.join(folder, 'inner'), 'init', '-q');
    expect(await pathsOf(await open())).toEqual(['inner/a.ts']);
    expect(await pathsOf(await open({ exclude: ['inner'] }))).toEqual([]);
  });

  it('whose repository is broken is listed without it, and says so', async () => {
    write('a.txt');
    writeFileSync(path.join(folder, '.git/HEAD'), 'nonsense');
    const source = await open();
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject([{ code: 'repository-unreadable' }]);
  });

  it('whose index is broken is listed without it, and says so', async () => {
    write('a.txt');
    git('add', '.');
    writeFileSync(path.join(folder, '.git/index'), 'DIRC nonsense that is no index');
    const source = await open();
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject([{ code: 'repository-unreadable' }]);
  });

  it('that makes git wait for ever is listed without it, and says so', async () => {
    write('a.txt');
    execFileSync('mkfifo', [path.join(folder, '.gitignore')]);
    const source = await open({ gitPatienceMs: 300 });
    expect(await pathsOf(source)).toEqual(['a.txt']);
    expect(source.problems).toMatchObject(
      [{ code: 'file-special', path: '.gitignore' }, { code: 'repository-unreadable' }].toReversed(),
    );
  });

  it('stops with the signal', async () => {
    write('a.txt');
    const source = await open({ signal: AbortSignal.abort(new Error('stopped')) }).catch((error: unknown) => error);
    expect(source).toMatchObject({ message: 'stopped' });
  });
});

describe('a folder with strange things', () => {
  it('does not open a FIFO, a socket or a device', async () => {
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    symlinkSync('/dev/zero', path.join(folder, 'zero'));
    const source = await open();
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toEqual([
      { code: 'file-special', message: 'Not opened, because it is a FIFO.', path: 'fifo' },
    ]);
  });

  it('does not open what became a FIFO or a link since it was listed', async () => {
    write('a');
    write('b');
    const refs = await refsOf(await open());
    rmSync(path.join(folder, 'a'));
    execFileSync('mkfifo', [path.join(folder, 'a')]);
    rmSync(path.join(folder, 'b'));
    symlinkSync('/etc/passwd', path.join(folder, 'b'));
    expect(refs.map((ref) => readArtifact(ref, DEFAULT_LIMITS))).toMatchObject([
      [{ code: 'file-special', path: 'a' }],
      [{ code: 'file-unreadable', path: 'b' }],
    ]);
  });

  it('judges a file of 5 GB by its start', async () => {
    write('zeros');
    write('text', 'line\n'.repeat(2000));
    truncateSync(path.join(folder, 'zeros'), 0);
    for (const name of ['zeros', 'text']) truncateSync(path.join(folder, name), 5 * 1024 ** 3);
    const started = performance.now();
    const [text, zeros] = await itemsOf(await open());
    expect(performance.now() - started).toBeLessThan(500);
    expect(text).toMatchObject({ code: 'file-too-large', path: 'text' });
    expect(zeros).toMatchObject({ path: 'zeros', text: undefined });
  });

  it('reads what grows after it was listed, and what is its own hard link', async () => {
    write('a', '1');
    const refs = await refsOf(await open());
    write('a', '12345');
    linkSync(path.join(folder, 'a'), path.join(folder, 'b'));
    expect(readArtifact(refs[0] as ArtifactRef, DEFAULT_LIMITS)).toMatchObject([{ bytes: Buffer.from('12345') }]);
    expect(await pathsOf(await open())).toEqual(['a', 'b']);
  });

  it('reads with one buffer what it reads without', async () => {
    for (let index = 0; index < 20; index += 1) write(`f${index}`, `${'x'.repeat(index * 9001)}\n`);
    const buffer = new ReadBuffer();
    for (const ref of await refsOf(await open())) {
      const [pooled] = readArtifact(ref, DEFAULT_LIMITS, buffer) as Item[];
      const [fresh] = readArtifact(ref, DEFAULT_LIMITS) as Item[];
      expect(pooled).toEqual(fresh);
    }
  });

  it('enters no repository data and no endless depth', async () => {
    write('.hg/store', 'x');
    write(`${'d/'.repeat(600)}end`);
    const source = await open({ git: withoutGit });
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toMatchObject([{ code: 'folder-too-deep' }]);
  });
});

describe('a path', () => {
  it('may be one file, by the name it was given', async () => {
    write('dir/.env', 'A=1');
    symlinkSync('dir/.env', path.join(folder, 'link'));
    const refs = await refsOf(await open({}, path.join(folder, 'link')));
    expect(refs).toMatchObject([{ path: 'link', size: 3 }]);
    expect(readArtifact(refs[0] as ArtifactRef, DEFAULT_LIMITS)).toMatchObject([{ path: 'link' }]);
  });

  it('that is missing is the mistake of the user', async () => {
    await expect(open({}, path.join(folder, 'no'))).rejects.toMatchObject({
      code: 'path-not-found',
      hint: expect.stringContaining('spelling'),
    });
  });

  it('that is a FIFO is a Problem', async () => {
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    const source = await open({}, path.join(folder, 'fifo'));
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toMatchObject([{ code: 'file-special' }]);
  });
});

describe('the stamp', () => {
  it('changes with content, name target and time', async () => {
    write('a', 'one');
    const stamp = async (): Promise<string | undefined> => (await refsOf(await open()))[0]?.stamp;
    const first = await stamp();
    expect(await stamp()).toBe(first);
    write('a', 'two');
    const second = await stamp();
    expect(second).not.toBe(first);
    write('b', 'two');
    renameSync(path.join(folder, 'b'), path.join(folder, 'a'));
    expect(await stamp()).not.toBe(second);
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
          rmSync(folder, { recursive: true });
          mkdirSync(folder);
          git('init', '-q');
          for (const [where, lines] of ignores) tryWrite(`${where}.gitignore`, `${lines.join('\n')}\n`);
          for (const each of files) tryWrite(each, 'x');
          const mine = await pathsOf(await open({ git: withoutGit }));
          expect(mine).toEqual(await pathsOf(await open()));
        },
      ),
      { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 60) },
    );
  });
});

/** A generated path may lead through a file that another one made. */
function tryWrite(name: string, content: string): void {
  try {
    write(name, content);
  } catch {
    // Then the tree is without it.
  }
}
