import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { copyFolder } from './copy.ts';
import { type Entry, folder, tar } from './fixture.ts';
import { treeOf } from './tree.ts';
import { archiveKind, unpackTar } from './unpack.ts';

const RUNS = Number(process.env['SLUICE_FUZZ_RUNS'] ?? 200);

async function unpacked(bytes: Buffer): Promise<{ outer: string; inner: string }> {
  const outer = folder();
  const inner = join(outer, 'in');
  mkdirSync(inner);
  writeFileSync(join(outer, 'a.tar'), bytes);
  await unpackTar(join(outer, 'a.tar'), archiveKind(bytes) ?? 'tar', inner);
  return { outer, inner };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof SluiceError) return error.code;
    throw error;
  }
  return 'taken';
};

describe('a tar', () => {
  test('is unpacked as tar itself does it, plain and in gzip, with long names', async () => {
    const source = folder();
    const long = `${'directory/'.repeat(15)}${'n'.repeat(120)}`;
    for (const [name, content] of Object.entries({
      'a.txt': 'a',
      'bin/run': '#!/bin/sh\n',
      [long]: 'deep',
      empty: '',
    })) {
      mkdirSync(join(source, 'x', name, '..'), { recursive: true });
      writeFileSync(join(source, 'x', name), content);
    }
    chmodSync(join(source, 'x/bin/run'), 0o755);
    symlinkSync('../a.txt', join(source, 'x/bin/link'));
    for (const format of ['gnu', 'pax']) {
      for (const zip of [[], ['-z']]) {
        const bytes = execFileSync('tar', ['-c', ...zip, `--format=${format}`, '-C', source, 'x'], {
          maxBuffer: 2 ** 24,
        });
        const { inner } = await unpacked(bytes);
        expect(treeOf(join(inner, 'x'))).toEqual(treeOf(join(source, 'x')));
      }
    }
  });

  test('brings no setuid bit, no write permission for others, and no empty surprise', async () => {
    const { inner } = await unpacked(
      tar([
        { name: 'run', mode: 0o6777, content: 'x' },
        { name: 'dir', type: '5', mode: 0o7777 },
      ]),
    );
    expect(statSync(join(inner, 'run')).mode & 0o7777).toBe(0o755);
    expect(statSync(join(inner, 'dir')).mode & 0o7022).toBe(0);
  });

  test.each<[string, readonly Entry[]]>([
    ['a path that climbs', [{ name: '../evil', content: 'x' }]],
    ['a path that climbs later', [{ name: 'a/../../evil', content: 'x' }]],
    ['an absolute path', [{ name: '/tmp/evil', content: 'x' }]],
    ['a path with a backslash', [{ name: '..\\evil', content: 'x' }]],
    ['a link that leads out', [{ name: 'l', type: '2', link: '../..' }]],
    ['an absolute link', [{ name: 'l', type: '2', link: '/etc/passwd' }]],
    ['a link in a folder that leads out', [{ name: 'a/l', type: '2', link: '../../x' }]],
    [
      'a file through a link',
      [
        { name: 'l', type: '2', link: 'a' },
        { name: 'l/evil', content: 'x' },
      ],
    ],
    [
      'a link through a link',
      [
        { name: 'a/b', type: '2', link: '../c' },
        { name: 'd', type: '2', link: 'a/b/x' },
      ],
    ],
    [
      'a file in place of a link',
      [
        { name: 'l', type: '2', link: 'a' },
        { name: 'l', content: 'x' },
      ],
    ],
    [
      'the same file twice',
      [
        { name: 'a', content: 'x' },
        { name: './a', content: 'y' },
      ],
    ],
    [
      'a file in place of a folder',
      [
        { name: 'a/b', content: 'x' },
        { name: 'a', content: 'y' },
      ],
    ],
    [
      'a folder in place of a file',
      [
        { name: 'a', content: 'x' },
        { name: 'a/b', content: 'y' },
      ],
    ],
    ['a hard link', [{ name: 'h', type: '1', link: '/etc/passwd' }]],
    ['a device', [{ name: 'd', type: '3' }]],
    ['a pipe', [{ name: 'p', type: '6' }]],
    ['an empty name', [{ name: '', content: 'x' }]],
  ])('with %s is refused, and nothing is written outside', async (_, entries) => {
    const outer = folder();
    mkdirSync(join(outer, 'in'));
    writeFileSync(join(outer, 'a.tar'), tar(entries));
    expect(await codeOf(unpackTar(join(outer, 'a.tar'), 'tar', join(outer, 'in')))).toBe('artifact-unsafe');
    expect(existsSync(join(outer, 'evil'))).toBe(false);
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  test('that is cut off or no tar at all is refused in words', async () => {
    const whole = tar([{ name: 'a', content: 'x'.repeat(2_000) }]);
    expect(await codeOf(unpacked(whole.subarray(0, 1_000)))).toBe('artifact-invalid');
    expect(await codeOf(unpacked(gzipSync(whole).subarray(0, 60)))).toMatch(/^artifact-/);
    expect(await codeOf(unpacked(gzipSync(Buffer.from('no tar'.repeat(200)))))).toBe('artifact-invalid');
  });

  test('any bytes: unpacked inside, or refused in words', async () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'a/b', '../x', '/x', 'a/../b', '.', './a', 'l', 'l/x', ''),
      fc.string({ maxLength: 20 }),
    );
    const entry = fc.record({
      name,
      type: fc.constantFrom('0', '1', '2', '5', 'L', 'K', 'x', 'g', 'S', '7'),
      content: fc.string({ maxLength: 50 }),
      link: name,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }),
        async (entries, flips) => {
          const bytes = tar(entries);
          for (const [at, value] of flips) bytes[at % bytes.length] = value;
          const outer = folder();
          mkdirSync(join(outer, 'in'));
          writeFileSync(join(outer, 'a.tar'), bytes);
          const code = await codeOf(unpackTar(join(outer, 'a.tar'), 'tar', join(outer, 'in')));
          expect(code).toMatch(/^(taken|artifact-unsafe|artifact-invalid)$/);
          expect(
            treeOf(outer)
              .map(({ path }) => path)
              .filter((path) => !path.startsWith('in/')),
          ).toEqual(['a.tar']);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('a folder', () => {
  test('is copied with its links and programs, and nothing else', async () => {
    const [from, to] = [folder(), folder()];
    mkdirSync(join(from, 'bin'));
    writeFileSync(join(from, 'bin/run'), 'x', { mode: 0o4755 });
    symlinkSync('bin/run', join(from, 'run'));
    await copyFolder(from, to);
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(readlinkSync(join(to, 'run'))).toBe('bin/run');
    expect(lstatSync(join(to, 'bin/run')).mode & 0o7777).toBe(0o755);
    expect(readFileSync(join(to, 'bin/run'), 'utf8')).toBe('x');
  });

  test('with a name that is no UTF-8 is refused', async () => {
    const from = folder();
    writeFileSync(Buffer.concat([Buffer.from(`${from}/`), Buffer.of(0xff, 0x61)]), 'x');
    expect(await codeOf(copyFolder(from, folder()))).toBe('artifact-unsafe');
  });

  test('with a link that leads out or a pipe is refused', async () => {
    const from = folder();
    symlinkSync('/etc', join(from, 'l'));
    expect(await codeOf(copyFolder(from, folder()))).toBe('artifact-unsafe');
    const other = folder();
    execFileSync('mkfifo', [join(other, 'p')]);
    expect(await codeOf(copyFolder(other, folder()))).toBe('artifact-unsafe');
  });
});
