import { execFileSync } from 'node:child_process';
import { truncateSync } from 'node:fs';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { itemsOf, open, Scratch } from '../fixture.ts';
import { type Item, isProblem } from '../items.ts';
import { DEFAULT_LIMITS, type ReadLimits } from '../limits.ts';
import { readArtifact } from '../read.ts';
import { overlappingZip, tarEntry, tarOf, zipOf } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const SMALL: ReadLimits = {
  maxFileBytes: 1024 * 1024,
  archive: { maxDepth: 3, maxMembers: 50, maxBytes: 4 * 1024 * 1024, maxRatio: 200 },
};

async function read(name: string, bytes: Buffer, limits: ReadLimits = DEFAULT_LIMITS): Promise<Item[]> {
  const items: Item[] = [];
  const ref = { path: name, size: bytes.length, origin: { kind: 'file' }, content: { kind: 'memory', bytes } } as const;
  for await (const item of readArtifact(ref, limits)) items.push(item);
  return items;
}

/** `path = text`, or the code of the problem. */
const shown = (items: readonly Item[]): string[] =>
  items.map((item) => `${item.path}: ${isProblem(item) ? item.code : (item.text?.string ?? 'binary')}`);

const command = (name: string, args: string[], input: Buffer): Buffer => execFileSync(name, args, { input });
const FILES = [
  { name: 'a.txt', content: 'a' },
  { name: 'dir/b.txt', content: 'b'.repeat(10) },
  { name: 'c.bin', content: Buffer.from([0, 1]) },
];
const MEMBERS = (name: string): string[] => [
  `${name}: binary`,
  `${name}!a.txt: a`,
  `${name}!dir/b.txt: bbbbbbbbbb`,
  `${name}!c.bin: binary`,
];

describe('an archive', () => {
  it.each([
    ['x.zip', () => zipOf(FILES)],
    ['x.jar', () => zipOf(FILES)],
    ['no-extension', () => zipOf(FILES)],
    ['x.tar', () => tarOf(FILES)],
    ['x.tar.gz', () => zlib.gzipSync(tarOf(FILES))],
    ['x.tgz', () => zlib.gzipSync(tarOf(FILES))],
    ['x.tar.zst', () => zlib.zstdCompressSync(tarOf(FILES))],
    ['x.tar.xz', () => command('xz', ['-c'], tarOf(FILES))],
  ])('%s yields itself and its members', async (name, build) => {
    expect(shown(await read(name, build()))).toEqual(MEMBERS(name));
  });

  it.each([
    ['dir/notes.txt.gz', 'dir/notes.txt.gz!notes.txt', (text: Buffer) => zlib.gzipSync(text)],
    ['notes.xz', 'notes.xz!notes', (text: Buffer) => command('xz', ['-c'], text)],
    ['notes.zst', 'notes.zst!notes', (text: Buffer) => zlib.zstdCompressSync(text)],
    ['unnamed', 'unnamed!unnamed', (text: Buffer) => zlib.gzipSync(text)],
  ])('%s of one file yields %s', async (name, member, pack) => {
    expect(shown(await read(name, pack(Buffer.from('text'))))).toEqual([`${name}: binary`, `${member}: text`]);
  });

  it('made by the usual programs is read', async () => {
    scratch.write('in/a.txt', 'a');
    scratch.write(`in/${'long/'.repeat(30)}b.txt`, 'b');
    const script =
      'cd in && zip -q -r ../x.zip . && tar czf ../gnu.tgz --format=gnu * && tar cf ../pax.tar --format=pax *';
    execFileSync('sh', ['-c', script], { cwd: scratch.folder });
    execFileSync('sh', ['-c', 'tar cJf ../x.tar.xz * && tar c --zstd -f ../x.tar.zst *'], { cwd: scratch.at('in') });
    const items = await itemsOf(await scratch.open({ exclude: ['in'] }));
    const long = `${'long/'.repeat(30)}b.txt`;
    for (const name of ['x.zip', 'gnu.tgz', 'pax.tar', 'x.tar.xz', 'x.tar.zst']) {
      expect(shown(items).toSorted()).toEqual(expect.arrayContaining([`${name}!a.txt: a`, `${name}!${long}: b`]));
    }
    expect(items.some(isProblem)).toBe(false);
  });

  it('is read outside the test runner too, which loads CommonJS in a way of its own', () => {
    scratch.write('x.tar', tarOf(FILES));
    execFileSync('sh', ['-c', 'xz -k x.tar && gzip -k x.tar && zip -q x.zip x.tar && rm x.tar'], {
      cwd: scratch.folder,
    });
    const script = `
      import { readArtifact } from ${JSON.stringify(new URL('../read.ts', import.meta.url).href)};
      import { DEFAULT_LIMITS } from ${JSON.stringify(new URL('../limits.ts', import.meta.url).href)};
      for (const path of ['x.tar.gz', 'x.tar.xz', 'x.zip']) {
        const ref = { path, size: 1, origin: { kind: 'file' }, content: { kind: 'file', file: path } };
        for await (const item of readArtifact(ref, DEFAULT_LIMITS)) if (item.text) console.log(item.path);
      }`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: scratch.folder,
      encoding: 'utf8',
    });
    const members = ['a.txt', 'dir/b.txt'];
    const archives = ['x.tar.gz', 'x.tar.xz', 'x.zip!x.tar'];
    expect(output.trim().split('\n')).toEqual(
      archives.flatMap((archive) => members.map((name) => `${archive}!${name}`)),
    );
  });

  it('as the target itself is opened', async () => {
    scratch.write('x.zip', zipOf(FILES));
    expect(shown(await itemsOf(await open({ kind: 'archive', path: scratch.at('x.zip') })))).toEqual(MEMBERS('x.zip'));
  });

  it('has members in any encoding', async () => {
    const content = Buffer.from('\uFEFFkey', 'utf16le');
    expect((await read('x.zip', zipOf([{ name: 'a', content }])))[1]).toMatchObject({ encoding: 'utf-16le' });
  });

  it('keeps every member inside, whatever its name', async () => {
    const names = ['../../etc/passwd', '/abs', 'C:\\win\\x', 'a/../../b', Buffer.from([0xff]), 'ü'];
    const files = names.map((name) => ({ name, content: 'x' }));
    const expected = ['etc/passwd', 'abs', 'win/x', 'a/b', '\\xFF', 'ü'];
    for (const [name, bytes] of [
      ['x.zip', zipOf(files)],
      ['x.tar', tarOf(files)],
    ] as const) {
      // A backslash is what stands for a byte here; in a name of an archive it would be a slash.
      const paths = (await read(name, bytes)).slice(1).map((item) => item.path?.slice(name.length + 1));
      expect(paths).toEqual(expected);
    }
  });

  it.each(['gnu', 'pax'] as const)('reads long names as %s writes them', async (format) => {
    const name = `${'n'.repeat(90)}/${'m'.repeat(90)}`;
    expect(shown(await read('x.tar', tarOf([{ name, content: 'x' }], format)))).toEqual([
      'x.tar: binary',
      `x.tar!${name}: x`,
    ]);
  });

  it('within an archive is opened, to a depth', async () => {
    let bytes = zipOf([{ name: 'deep.txt', content: 'deep' }]);
    const three = zipOf([{ name: '2.tar', content: tarOf([{ name: '1.zip', content: bytes }]) }]);
    expect(shown(await read('3.zip', three))).toEqual([
      '3.zip: binary',
      '3.zip!2.tar: binary',
      '3.zip!2.tar!1.zip: binary',
      '3.zip!2.tar!1.zip!deep.txt: deep',
    ]);
    for (let depth = 0; depth < 5; depth += 1) bytes = zipOf([{ name: 'in.zip', content: bytes }]);
    expect(shown(await read('x.zip', bytes)).at(-1)).toBe('x.zip!in.zip!in.zip!in.zip: archive-too-deep');
  });
});

describe('a hostile archive', () => {
  it('that overlaps itself is bounded by its bytes', async () => {
    const items = await read('x.zip', overlappingZip(40, Buffer.alloc(900_000, 'a')), SMALL);
    expect(items.length).toBeLessThan(10);
    expect(items.at(-1)).toMatchObject({ code: 'archive-too-large', path: 'x.zip' });
  });

  it('of zeros is bounded by its ratio', async () => {
    const bytes = zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024, 'a'), { level: 9 });
    const limits = { ...DEFAULT_LIMITS, maxFileBytes: 1024 ** 3 };
    const started = process.memoryUsage.rss();
    expect(shown(await read('x.gz', bytes, limits))).toEqual(['x.gz: binary', 'x.gz: archive-too-large']);
    expect(process.memoryUsage.rss() - started).toBeLessThan(200 * 1024 * 1024);
  });

  it('with one text past the limit for files says so and goes on', async () => {
    const files = [
      { name: 'big.txt', content: Buffer.alloc(2 * 1024 * 1024, 'a') },
      { name: 'small.txt', content: 'x' },
    ];
    for (const [name, bytes] of [
      ['x.zip', zipOf(files)],
      ['x.tar', tarOf(files)],
    ] as const) {
      expect(shown(await read(name, bytes, SMALL))).toEqual([
        `${name}: binary`,
        `${name}!big.txt: file-too-large`,
        `${name}!small.txt: x`,
      ]);
    }
  });

  it('nested in many ways (as 42.zip) is bounded as a whole', async () => {
    let bytes = zipOf([{ name: '0.txt', content: Buffer.alloc(1_000_000, 'a') }]);
    for (let depth = 0; depth < 2; depth += 1) {
      const inner = bytes;
      bytes = zipOf(Array.from({ length: 16 }, (_, index) => ({ name: `lib ${index}.zip`, content: inner })));
    }
    const items = await read('42.zip', bytes, SMALL);
    expect(items.at(-1)).toMatchObject({ code: 'archive-too-large', path: '42.zip' });
    expect(items.length).toBeLessThan(40);
  });

  it('that holds itself ends at the depth', async () => {
    // No quine: it is enough that each level looks like the one before.
    let bytes = zlib.gzipSync('x');
    for (let depth = 0; depth < 20; depth += 1) bytes = zlib.gzipSync(bytes);
    expect(shown(await read('r.gz', bytes)).at(-1)).toBe('r.gz!r!r!r: archive-too-deep');
  });

  it('with too many members ends', async () => {
    const files = Array.from({ length: 60 }, (_, index) => ({ name: `${index}`, content: '' }));
    for (const bytes of [zipOf(files), tarOf(files)]) {
      const items = await read('x', bytes, SMALL);
      expect(items).toHaveLength(52);
      expect(items.at(-1)).toMatchObject({ code: 'archive-too-large', message: expect.stringContaining('50 members') });
    }
  });

  it('that is encrypted says so for each member', async () => {
    expect(shown(await read('x.zip', zipOf(FILES.slice(0, 1), 1)))).toEqual([
      'x.zip: binary',
      'x.zip!a.txt: archive-encrypted',
    ]);
  });

  it('with one damaged member yields the others', async () => {
    const bytes = zipOf(FILES);
    bytes.fill(0xff, 35, 38);
    expect(shown(await read('x.zip', bytes))).toEqual([
      'x.zip: binary',
      'x.zip!a.txt: archive-corrupt',
      ...MEMBERS('x.zip').slice(2),
    ]);
  });

  it.each([
    ['zip', () => zipOf(FILES).subarray(0, 100)],
    ['tar', () => tarOf(FILES).subarray(0, 1400)],
    ['gzip', () => zlib.gzipSync(Buffer.from('text '.repeat(1000))).subarray(0, 30)],
    ['zstd', () => zlib.zstdCompressSync(Buffer.from('text'.repeat(1000))).subarray(0, 15)],
    ['xz', () => command('xz', ['-c'], Buffer.from('text'.repeat(1000))).subarray(0, 40)],
    ['tar with a giant name', () => Buffer.concat(tarEntry(Buffer.from('x'), Buffer.alloc(0), 'L', 2 ** 31))],
    ['tar with a size past its end', () => Buffer.concat(tarEntry(Buffer.from('x'), Buffer.from('y'), '0', 8 ** 10))],
  ])('cut off (%s) is a Problem', async (_name, build) => {
    expect((await read('x', build())).at(-1)).toMatchObject({ code: 'archive-corrupt', path: 'x' });
  });

  it('larger than memory should hold is opened where it lies', async () => {
    const tar = tarOf(FILES);
    scratch.write('sparse.tar', tar);
    truncateSync(scratch.at('sparse.tar'), 5 * 1024 ** 3);
    scratch.write('x.zip', Buffer.concat([zipOf([{ name: 'pad', content: Buffer.alloc(100) }, ...FILES])]));
    const limits = { ...DEFAULT_LIMITS, maxFileBytes: 200 };
    const items = await itemsOf(await scratch.open(), limits);
    expect(shown(items)).toEqual([
      ...MEMBERS('sparse.tar'),
      'x.zip: binary',
      'x.zip!pad: binary',
      ...MEMBERS('x.zip').slice(1),
    ]);
  });
});
