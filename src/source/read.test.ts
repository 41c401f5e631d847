import { execFileSync } from 'node:child_process';
import { linkSync, renameSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtifactRef } from '#core/artifact.ts';
import { itemsOf, pathsOf, refsOf, Scratch, withoutGit } from './fixture.ts';
import type { Item } from './items.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { ReadBuffer, readArtifact } from './read.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

describe('a folder with strange things', () => {
  it('does not open a FIFO, a socket or a device', async () => {
    execFileSync('mkfifo', [scratch.at('fifo')]);
    symlinkSync('/dev/zero', scratch.at('zero'));
    const source = await scratch.open();
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toEqual([
      { code: 'file-special', message: 'Not opened, because it is a FIFO.', path: 'fifo' },
    ]);
  });

  it('does not open what became a FIFO or a link since it was listed', async () => {
    scratch.write('a');
    scratch.write('b');
    const refs = await refsOf(await scratch.open());
    rmSync(scratch.at('a'));
    execFileSync('mkfifo', [scratch.at('a')]);
    rmSync(scratch.at('b'));
    symlinkSync('/etc/passwd', scratch.at('b'));
    expect(refs.map((ref) => readArtifact(ref, DEFAULT_LIMITS))).toMatchObject([
      [{ code: 'file-special', path: 'a' }],
      [{ code: 'file-unreadable', path: 'b' }],
    ]);
  });

  it('judges a file of 5 GB by its start', async () => {
    scratch.write('zeros');
    scratch.write('text', 'line\n'.repeat(2000));
    truncateSync(scratch.at('zeros'), 0);
    for (const name of ['zeros', 'text']) truncateSync(scratch.at(name), 5 * 1024 ** 3);
    const started = performance.now();
    const [text, zeros] = await itemsOf(await scratch.open());
    expect(performance.now() - started).toBeLessThan(500);
    expect(text).toMatchObject({ code: 'file-too-large', path: 'text' });
    expect(zeros).toMatchObject({ path: 'zeros', text: undefined });
  });

  it('reads what grows after it was listed, and what is its own hard link', async () => {
    scratch.write('a', '1');
    const refs = await refsOf(await scratch.open());
    scratch.write('a', '12345');
    linkSync(scratch.at('a'), scratch.at('b'));
    expect(readArtifact(refs[0] as ArtifactRef, DEFAULT_LIMITS)).toMatchObject([{ bytes: Buffer.from('12345') }]);
    expect(await pathsOf(await scratch.open())).toEqual(['a', 'b']);
  });

  it('reads with one buffer what it reads without', async () => {
    for (let index = 0; index < 20; index += 1) scratch.write(`f${index}`, `${'x'.repeat(index * 9001)}\n`);
    const buffer = new ReadBuffer();
    for (const ref of await refsOf(await scratch.open())) {
      const [pooled] = readArtifact(ref, DEFAULT_LIMITS, buffer) as Item[];
      const [fresh] = readArtifact(ref, DEFAULT_LIMITS) as Item[];
      expect(pooled).toEqual(fresh);
    }
  });

  it('enters no repository data and no endless depth', async () => {
    scratch.write('.hg/store', 'x');
    scratch.write(`${'d/'.repeat(600)}end`);
    const source = await scratch.open({ git: withoutGit });
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toMatchObject([{ code: 'folder-too-deep' }]);
  });
});

describe('a path', () => {
  it('may be one file, by the name it was given', async () => {
    scratch.write('dir/.env', 'A=1');
    symlinkSync('dir/.env', scratch.at('link'));
    const refs = await refsOf(await scratch.open({}, scratch.at('link')));
    expect(refs).toMatchObject([{ path: 'link', size: 3 }]);
    expect(readArtifact(refs[0] as ArtifactRef, DEFAULT_LIMITS)).toMatchObject([{ path: 'link' }]);
  });

  it('that is missing is the mistake of the user', async () => {
    await expect(scratch.open({}, scratch.at('no'))).rejects.toMatchObject({
      code: 'path-not-found',
      hint: expect.stringContaining('spelling'),
    });
  });

  it('that is a FIFO is a Problem', async () => {
    execFileSync('mkfifo', [scratch.at('fifo')]);
    const source = await scratch.open({}, scratch.at('fifo'));
    expect(await pathsOf(source)).toEqual([]);
    expect(source.problems).toMatchObject([{ code: 'file-special' }]);
  });
});

describe('the stamp', () => {
  it('changes with content, name target and time', async () => {
    scratch.write('a', 'one');
    const stamp = async (): Promise<string | undefined> => (await refsOf(await scratch.open()))[0]?.stamp;
    const first = await stamp();
    expect(await stamp()).toBe(first);
    scratch.write('a', 'two');
    const second = await stamp();
    expect(second).not.toBe(first);
    scratch.write('b', 'two');
    renameSync(scratch.at('b'), scratch.at('a'));
    expect(await stamp()).not.toBe(second);
  });
});
