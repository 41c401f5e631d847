import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withLock } from './lock.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lock-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const lockIn = (folder: string): string => join(folder, 'lock');
const inside = async (): Promise<string> => 'done';

/** What a lock of this process says. */
async function ownLock(): Promise<Record<string, unknown>> {
  const file = lockIn(temporaryFolder());
  return await withLock(
    file,
    'the work',
    async () => JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>,
  );
}

test('one at a time, and nothing is left', async () => {
  const folder = temporaryFolder();
  let running = 0;
  const most: number[] = [];
  const work = async (): Promise<void> => {
    running += 1;
    most.push(running);
    await new Promise((done) => setTimeout(done, 3));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(lockIn(folder), 'the work', work)));
  expect(Math.max(...most)).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('is let go when the work fails', async () => {
  const file = lockIn(temporaryFolder());
  await expect(withLock(file, 'the work', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});

describe('a lock that was left', () => {
  const dead = spawnSync('true').pid;

  test.each<[string, (own: Record<string, unknown>) => string]>([
    ['by a process that is dead', (own) => JSON.stringify({ ...own, pid: dead })],
    ['by a process whose number another has now', (own) => JSON.stringify({ ...own, started: '1' })],
    ['before the machine was started again', (own) => JSON.stringify({ ...own, boot: 'another' })],
    ['by nobody who can be read', () => '{"pid":'],
  ])('%s is taken over', async (_, content) => {
    const folder = temporaryFolder();
    writeFileSync(lockIn(folder), content(await ownLock()));
    expect(await withLock(lockIn(folder), 'the work', inside, 100)).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each<[string, object]>([
    ['by a process that lives', {}],
    ['on another machine', { host: 'elsewhere' }],
  ])('%s is not', async (_, over) => {
    const file = lockIn(temporaryFolder());
    writeFileSync(file, JSON.stringify({ ...(await ownLock()), ...over }));
    await expect(withLock(file, 'the work', inside, 50)).rejects.toMatchObject({
      code: 'locked',
      message: 'another process is at work on the work',
    });
    expect(existsSync(file)).toBe(true);
  });

  test('with half a takeover beside it is taken over as well', async () => {
    const folder = temporaryFolder();
    writeFileSync(lockIn(folder), JSON.stringify({ ...(await ownLock()), pid: dead }));
    writeFileSync(`${lockIn(folder)}.takeover`, '');
    const old = new Date(Date.now() - 10_000);
    utimesSync(`${lockIn(folder)}.takeover`, old, old);
    expect(await withLock(lockIn(folder), 'the work', inside, 2_000)).toBe('done');
  });
});

test('drafts of killed processes are swept, those of living ones are not', async () => {
  const folder = temporaryFolder();
  const [old, fresh] = ['lock.0123456789ab', 'checkpoint.ba9876543210.tmp'].map((name) => join(folder, name));
  for (const file of [old, fresh]) writeFileSync(file ?? '', '');
  const past = new Date(Date.now() - 120_000);
  utimesSync(old ?? '', past, past);
  // A folder is nobody's draft, whatever its name.
  mkdirSync(join(folder, 'release.0123456789ab'));
  utimesSync(join(folder, 'release.0123456789ab'), past, past);
  await withLock(lockIn(folder), 'the work', inside);
  expect(readdirSync(folder)).toEqual(['checkpoint.ba9876543210.tmp', 'release.0123456789ab']);
});
