import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { createGit, gitProgram } from './git.ts';
import { disarm } from './git-environment.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'sluice-git-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const plainGit = (cwd: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgSign=false', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

const write = (file: string, content: string): void => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
};

/** A repository that tries every way known to us to start a program; each would leave a file in `ran`. */
function hostileRepository(): { folder: string; ran: string } {
  const folder = path.join(root, 'hostile');
  const ran = path.join(root, 'ran');
  mkdirSync(folder);
  mkdirSync(ran);
  const trap = (name: string): string => {
    const file = path.join(root, `trap-${name}.sh`);
    write(file, `#!/bin/sh\ntouch '${ran}/${name}'\ncat\n`);
    chmodSync(file, 0o755);
    return file;
  };
  plainGit(folder, 'init', '-q', '-b', 'main');
  write(path.join(folder, 'a.txt'), 'one\n');
  write(path.join(folder, 'b.bin'), 'bin\n');
  plainGit(folder, 'add', '.');
  plainGit(folder, 'commit', '-q', '-m', 'first');
  write(
    path.join(folder, '.gitattributes'),
    '*.txt filter=evil diff=evil\n*.bin filter=odd=name diff=conv merge=evil\n',
  );
  plainGit(folder, 'add', '.gitattributes');
  plainGit(folder, 'commit', '-q', '-m', 'second');
  const settings: [string, string][] = [
    ['core.fsmonitor', trap('fsmonitor')],
    ['core.hooksPath', path.join(root, 'hooks')],
    ['core.pager', trap('pager')],
    ['core.editor', trap('editor')],
    ['core.sshCommand', trap('ssh')],
    ['core.askPass', trap('askpass')],
    ['core.gitProxy', trap('proxy')],
    ['core.alternateRefsCommand', trap('alternate')],
    ['diff.external', trap('external')],
    ['diff.evil.command', trap('diff-command')],
    ['diff.conv.textconv', trap('textconv')],
    ['filter.evil.clean', trap('clean')],
    ['filter.evil.smudge', trap('smudge')],
    ['filter.evil.process', trap('process')],
    ['filter.evil.required', 'true'],
    ['filter.odd=name.clean', trap('odd-clean')],
    ['merge.evil.driver', trap('merge')],
    ['credential.helper', `!${trap('credential')}`],
    ['gpg.program', trap('gpg')],
    ['log.showSignature', 'true'],
    ['pager.log', trap('pager-log')],
    ['alias.ls-files', `!${trap('alias')}`],
    ['alias.log', `!${trap('alias-log')}`],
    ['remote.origin.url', `ext::${trap('ext')}`],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.uploadpack', trap('uploadpack')],
    ['protocol.ext.allow', 'always'],
    ['extensions.partialClone', 'origin'],
    ['trailer.x.command', trap('trailer')],
  ];
  for (const hook of ['post-index-change', 'reference-transaction', 'post-checkout', 'fsmonitor-watchman']) {
    for (const hooks of [path.join(root, 'hooks'), path.join(folder, '.git/hooks')]) {
      mkdirSync(hooks, { recursive: true });
      symlinkSync(trap(`hook-${hook}`), path.join(hooks, hook));
    }
  }
  for (const [name, value] of settings) plainGit(folder, 'config', name, value);
  // Stat information that no longer fits makes git look into the files, through their filters.
  write(path.join(folder, 'a.txt'), 'two\n');
  write(path.join(folder, 'b.bin'), 'changed\n');
  write(path.join(folder, 'new.txt'), 'new\n');
  return { folder, ran };
}

const COMMANDS: readonly string[][] = [
  ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
  ['ls-files', '-z', '--modified'],
  ['status', '--porcelain'],
  ['diff', 'HEAD'],
  ['diff', '--cached'],
  ['diff', '--raw', '-p', '-U0', 'HEAD~1'],
  ['log', '-p', '--all'],
  ['show', 'HEAD'],
  ['diff-tree', '-p', 'HEAD~1', 'HEAD'],
  ['cat-file', '--batch-check', '--batch-all-objects'],
  ['rev-parse', 'HEAD'],
];

const listRan = (ran: string): string => execFileSync('ls', [ran], { encoding: 'utf8' });

describe('a hostile repository', () => {
  it('starts nothing, whatever is asked of it', async () => {
    const { folder, ran } = hostileRepository();
    const git = gitProgram;
    for (const args of COMMANDS) await git.run(args, { cwd: folder });
    const elsewhere = ['--git-dir', path.join(folder, '.git'), '--work-tree', folder];
    for (const args of COMMANDS) await git.run([...elsewhere, ...args], { cwd: root });
    expect(listRan(ran)).toBe('');
  });

  it('would start programs with a git that obeys it', () => {
    const { folder, ran } = hostileRepository();
    // One trap hides another, so the first to go off are taken out and it is tried again.
    for (const taken of ['filter.evil.required', 'filter.evil.process', 'diff.external', 'log.showSignature']) {
      for (const args of COMMANDS) {
        try {
          plainGit(folder, ...args);
        } catch {
          // The traps are no real filters, so git may well complain after it ran them.
        }
      }
      plainGit(folder, 'config', '--unset', taken);
    }
    expect(listRan(ran).split('\n')).toEqual(
      expect.arrayContaining(['clean', 'diff-command', 'external', 'fsmonitor', 'odd-clean', 'process', 'textconv']),
    );
  });

  it('reaches no remote for objects that a partial clone left out', async () => {
    const { folder, ran } = hostileRepository();
    const missing = '1234567890123456789012345678901234567890';
    await expect(gitProgram.run(['cat-file', '-p', missing], { cwd: folder })).rejects.toThrow(SluiceError);
    await expect(gitProgram.run(['fetch', 'origin'], { cwd: folder })).rejects.toThrow(/not allowed/);
    expect(listRan(ran)).toBe('');
  });

  // Only root can give files away.
  if (process.getuid?.() === 0) {
    it('may belong to somebody else', async () => {
      const { folder, ran } = hostileRepository();
      for (const file of [folder, path.join(folder, '.git'), path.join(folder, '.git/config')])
        chownSync(file, 12345, 12345);
      const git = gitProgram;
      for (const args of COMMANDS) await git.run(args, { cwd: folder });
      expect(listRan(ran)).toBe('');
    });
  }

  it('does not hide changes by calling them binary', async () => {
    const { folder } = hostileRepository();
    plainGit(folder, 'config', 'diff.evil.binary', 'true');
    plainGit(folder, 'config', 'core.bigFileThreshold', '1');
    const diff = await gitProgram.run(['diff', 'HEAD', '--', 'a.txt'], { cwd: folder });
    expect(diff.toString()).toContain('+two');
  });
});

describe('the git program', () => {
  it('is missed with a hint', async () => {
    const git = createGit({ env: { PATH: root } });
    await expect(git.run(['version'], { cwd: root })).rejects.toMatchObject({
      code: 'git-missing',
      hint: expect.stringContaining('Install git'),
    });
  });

  it('is never taken from the scanned folder', async () => {
    write(path.join(root, 'git'), '#!/bin/sh\necho git version 9.9\n');
    chmodSync(path.join(root, 'git'), 0o755);
    const git = createGit({ env: { PATH: `.:${process.env['PATH']}` } });
    expect((await git.run(['version'], { cwd: root })).toString()).not.toContain('9.9');
  });

  it('that is too old is refused', async () => {
    write(path.join(root, 'git'), '#!/bin/sh\necho git version 2.30.9\n');
    chmodSync(path.join(root, 'git'), 0o755);
    await expect(createGit({ env: { PATH: root } }).run(['status'], { cwd: root })).rejects.toMatchObject({
      code: 'git-too-old',
    });
  });

  it('that fails says why without credentials', async () => {
    const url = 'https://user:hunter2@127.0.0.1:1/x.git';
    const run = gitProgram.run(['clone', url, 'x'], { cwd: root, protocols: ['https'] });
    const error = await run.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'git-failed' });
    expect(String(error)).not.toContain('hunter2');
  });

  it('that fails cannot write on the terminal through its message', async () => {
    plainGit(root, 'init', '-q');
    const message = await gitProgram
      .run(['ls-tree', `\u001b[31mred\u0007${'x'.repeat(1000)}`], { cwd: root })
      .catch((error: unknown) => (error as Error).message);
    expect(message).toMatch(/^[ -~]{1,300}$/);
  });

  it('says that a working directory does not exist', async () => {
    await expect(gitProgram.run(['version'], { cwd: path.join(root, 'no') })).rejects.toMatchObject({
      code: 'path-not-found',
    });
  });

  it('is bounded in what it prints', async () => {
    const run = gitProgram.run(['help', '-a'], { cwd: root, maxBytes: 10 });
    await expect(run).rejects.toMatchObject({ code: 'git-output-too-large' });
  });

  it('is killed by a signal', async () => {
    plainGit(root, 'init', '-q');
    const stop = new AbortController();
    // Waits for its input, which we never end from its point of view: a FIFO without a writer.
    execFileSync('mkfifo', [path.join(root, 'fifo')]);
    const run = gitProgram.run(['hash-object', 'fifo'], { cwd: root, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(run).rejects.toThrow('enough');
  });

  it('is ended when nobody reads on', async () => {
    plainGit(root, 'init', '-q');
    write(path.join(root, 'big'), 'x'.repeat(4_000_000));
    const id = plainGit(root, 'hash-object', '-w', 'big').trim();
    for await (const chunk of gitProgram.stream(['cat-file', 'blob', id], { cwd: root })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
  });

  it('is given up where it waits for a FIFO', async () => {
    plainGit(root, 'init', '-q');
    execFileSync('mkfifo', [path.join(root, 'fifo')]);
    plainGit(root, 'config', 'include.path', path.join(root, 'fifo'));
    const git = createGit({ patienceMs: 200 });
    await expect(git.run(['rev-parse', '--git-dir'], { cwd: root })).rejects.toMatchObject({ code: 'git-stuck' });
  });

  it('reads its input', async () => {
    plainGit(root, 'init', '-q');
    const id = await gitProgram.run(['hash-object', '--stdin'], { cwd: root, input: 'hello\n' });
    expect(id.toString().trim()).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  });

  it('leaves the repository as it was', async () => {
    const { folder } = hostileRepository();
    const before = execFileSync('sh', ['-c', 'cat .git/index | cksum'], { cwd: folder, encoding: 'utf8' });
    await gitProgram.run(['status'], { cwd: folder });
    expect(execFileSync('sh', ['-c', 'cat .git/index | cksum'], { cwd: folder, encoding: 'utf8' })).toBe(before);
    expect(existsSync(path.join(folder, '.git/index.lock'))).toBe(false);
  });
});

describe('disarm', () => {
  it('names each driver it silences', () => {
    expect(
      disarm(['filter.a.b.clean', 'filter.lfs.required', 'diff.x.textconv', 'user.name', 'diff.x.xfuncname']),
    ).toEqual([
      ['filter.a.b.clean', ''],
      ['filter.lfs.required', 'false'],
      ['diff.x.textconv', ''],
    ]);
  });
});
