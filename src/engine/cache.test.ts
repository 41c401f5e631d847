import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ArtifactRef } from '#core/artifact.ts';
import { plain } from '#core/secret.ts';
import { Text } from '#core/text.ts';
import { decodeTable, emptyTable, encodeTable } from './cache-file.ts';
import { type Options, scanRefs } from './fixture.ts';
import type { Draft } from './protocol.ts';
import { STAND_IN } from './stand-in-worker.ts';

let target: string;
let folder: string;
beforeEach(() => {
  target = mkdtempSync(join(tmpdir(), 'sluice-target-'));
  folder = mkdtempSync(join(tmpdir(), 'sluice-cache-'));
});

const LONG_AGO = new Date('2020-01-01');
/** Writes files that changed long ago, so that their stamps can be trusted. */
function write(files: Readonly<Record<string, string>>, at = LONG_AGO): void {
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(target, name), content);
    utimesSync(join(target, name), at, at);
  }
}

/** The change time of a file cannot be set back, so the clock goes forward: then what was just written can be trusted. */
function settle(): void {
  const later = Date.now() + 10_000;
  vi.spyOn(Date, 'now').mockImplementation(() => later);
}
afterEach(() => void vi.restoreAllMocks());

const list = (): ArtifactRef[] =>
  readdirSync(target)
    .sort()
    .map((path) => {
      const file = join(target, path);
      const { size, mtimeMs } = statSync(file);
      return { path, size, origin: { kind: 'file' }, content: { kind: 'file', file }, stamp: `${size} ${mtimeMs}` };
    });

const rescan = (options: Options = {}, digest = '1') =>
  scanRefs(list(), { cache: { folder, name: 'target', digest }, ...options });
const plainScan = () => scanRefs(list());
const comparable = ({ cached: _, ...result }: Awaited<ReturnType<typeof scanRefs>>): string => JSON.stringify(result);

const FILES = {
  'a.txt': 'BAD(1) SECRET(correct-horse-battery)\nLONE(x)',
  'b.txt': 'clean',
  'c.box': 'one: BAD(1)\ntwo: BAD(2) # sluice: allow code/bad -- known',
  'd.txt': 'BAD(2)',
};

test('the second scan reads nothing and says the same', async () => {
  write(FILES);
  settle();
  const expected = comparable(await plainScan());
  const first = await rescan();
  expect([first.cached, comparable(first)]).toEqual([0, expected]);
  const written = statSync(join(folder, 'target.cache')).ino;
  for (const ref of list()) chmodSync(join(target, ref.path), 0o000);
  const second = await rescan({ parts: NO_PARTS });
  expect([second.cached, comparable(second)]).toEqual([4, expected]);
  expect(statSync(join(folder, 'target.cache')).ino).toBe(written);
});

/** Whoever asks these parts to work has not used the cache. */
const NO_PARTS: NonNullable<Options['parts']> = {
  prepare: () => expect.unreachable(),
  reader: { expands: () => false, read: () => expect.unreachable() },
};

test('what changed is looked at again, what is gone is forgotten, what is new is found', async () => {
  write(FILES);
  settle();
  await rescan();
  write({ 'a.txt': 'BAD(3)', 'e.txt': 'BAD(4)' }, new Date('2021-01-01'));
  rmSync(join(target, 'd.txt'));
  const result = await rescan();
  expect(comparable(result)).toBe(comparable(await plainScan()));
  expect(result.cached).toBe(2);
});

test('a new time on the same content costs a read and no look', async () => {
  write(FILES);
  settle();
  const expected = comparable(await rescan());
  write(FILES, new Date('2022-01-01'));
  const touched = await rescan();
  expect([comparable(touched), touched.cached]).toEqual([expected, 3]); // Of an archive only the stamp is known.
});

test('the stamp of a file that has just changed is not trusted', async () => {
  write({ 'a.txt': 'BAD(1)' });
  await rescan();
  write({ 'a.txt': 'BAD(2)' });
  expect(comparable(await rescan())).toBe(comparable(await plainScan()));
});

test('another digest, a damaged file, a foreign key and none at all are as no cache', async () => {
  write(FILES);
  settle();
  const expected = comparable(await rescan());
  const file = join(folder, 'target.cache');
  const bytes = readFileSync(file);
  const other = await rescan({}, '2');
  expect([other.cached, comparable(other)]).toEqual([0, expected]);
  for (const at of [0, 10, 200, bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] as number) ^ 1;
    writeFileSync(file, damaged);
    const result = await rescan();
    expect([result.cached, comparable(result)]).toEqual([0, expected]);
  }
  writeFileSync(join(folder, 'key'), Buffer.alloc(32));
  expect((await rescan()).cached).toBe(0);
  writeFileSync(join(folder, 'key'), 'short');
  expect((await rescan()).cached).toBe(0);
});

test('a folder that cannot be used is as no cache', async () => {
  write(FILES);
  const blocked = join(folder, 'file');
  writeFileSync(blocked, '');
  const result = await rescan({ cache: { folder: join(blocked, 'sub'), name: 'x', digest: '1' } });
  expect(comparable(result)).toBe(comparable(await plainScan()));
});

test('what had a problem of the moment is asked for again, what the content decides is kept', async () => {
  write({ 'a.txt': 'BAD(1) THROW', 'b.txt': 'BAD(2) # sluice: allow nonsense' });
  settle();
  const first = await rescan();
  const second = await rescan();
  expect(second.cached).toBe(1);
  expect(comparable(second)).toBe(comparable(first));
});

test('cached findings meet new ones of the same cause, and the date decides anew', async () => {
  write({ 'a.txt': 'BAD(1) # sluice: allow code/bad -- for now until 2026-11-24' });
  settle();
  await rescan();
  write({ 'b.txt': 'BAD(1) # sluice: allow code/bad -- too' });
  const now = new Date('2026-11-25T00:00:00Z');
  const result = await rescan({ now });
  expect(result.findings).toHaveLength(1);
  expect(result.cached).toBe(1);
  expect(result.problems).toMatchObject([{ code: 'suppression-expired' }]);
});

test('scans at the same time do not disturb each other', async () => {
  write(FILES);
  const expected = comparable(await plainScan());
  const results = await Promise.all(Array.from({ length: 8 }, () => rescan()));
  expect(new Set(results.map(comparable))).toEqual(new Set([expected]));
  expect(readdirSync(folder).sort()).toEqual(['key', 'target.cache']);
});

test('no cache holds a secret or an anchor that could be guessed', async () => {
  write({
    'a.txt':
      '# correct-horse-battery\nSECRET(correct-horse-battery) # sluice: allow secrets/secret -- correct-horse-battery',
  });
  await rescan();
  for (const name of readdirSync(folder)) {
    const content = readFileSync(join(folder, name), 'latin1');
    expect(content).not.toContain('horse');
    expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  }
});

test('any table is read as it was written, and no damage is read at all', () => {
  const text = fc.string({ unit: 'grapheme' }).map((one) => one.replaceAll('\0', ''));
  const row = fc.record({
    path: text,
    stamp: text,
    hash: fc.constantFrom('', 'ab'.repeat(16)),
    counts: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
    draft: fc.option(text),
  });
  const key = Buffer.alloc(32, 7);
  fc.assert(
    fc.property(fc.array(row), fc.nat(), (rows, at) => {
      const table = emptyTable();
      for (const [index, { path, stamp, hash, counts, draft }] of rows.entries()) {
        table.paths.push(path);
        table.stamps.push(stamp);
        table.hashes.push(hash);
        table.counts.push(...counts);
        if (draft !== null) {
          const drafts = [{ stable: draft, message: plain(draft) } as Draft];
          table.said.set(index, [drafts, [{ code: 'a', message: draft }]]);
        }
      }
      const bytes = encodeTable(table, 'd', key);
      expect(decodeTable(bytes, 'd', key)).toEqual(table);
      expect(decodeTable(bytes, 'e', key)).toBeUndefined();
      bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ 1;
      expect(decodeTable(bytes, 'd', key)).toBeUndefined();
      expect(decodeTable(bytes.subarray(0, at % bytes.length), 'd', key)).toBeUndefined();
    }),
  );
});

test('an artifact without its bytes is never taken for unchanged', async () => {
  write({ 'a.txt': 'BAD(1)' });
  const read = (text: string): Options => ({
    parts: {
      ...STAND_IN,
      reader: {
        expands: () => false,
        read: (ref, sink) =>
          sink.artifact({ path: ref.path, origin: ref.origin, bytes: Buffer.alloc(0), text: Text.from(text) }),
      },
    },
  });
  await rescan(read('BAD(1)'));
  expect((await rescan(read('BAD(2) BAD(3)'))).findings).toHaveLength(2);
});

test('an interrupted scan keeps what was known of the rest', async () => {
  write(FILES);
  settle();
  await rescan();
  renameSync(join(target, 'd.txt'), join(target, '0.txt'));
  const stop = new AbortController();
  async function* refs() {
    yield list().slice(0, 1);
    stop.abort();
    yield list().slice(1);
  }
  const interrupted = await rescan({ refs: refs(), signal: stop.signal });
  expect(interrupted.interrupted).toBe(true);
  expect((await rescan()).cached).toBeGreaterThanOrEqual(3);
});
