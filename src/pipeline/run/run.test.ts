import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Masker } from '../mask/masker.ts';
import { ConcurrencyGroups } from './concurrency.ts';
import type { RunRecord } from './record.ts';
import { ShellMistake, shellCommand } from './shell.ts';
import { Slots } from './slots.ts';
import { StepLog } from './step-log.ts';
import { RunStore, stateOf } from './store.ts';
import { triggerEvent } from './trigger.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('shells', () => {
  const command = (shell: string | undefined, hasBash = true) =>
    shellCommand(shell, 'echo', hasBash, (ending) => `/s/step${ending}`);
  test.each([
    [undefined, ['bash', '-e', '/s/step.sh']],
    ['bash', ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '/s/step.sh']],
    ['sh', ['sh', '-e', '/s/step.sh']],
    ['pwsh', ['pwsh', '-command', ". '/s/step.ps1'"]],
    ['perl -w {0}', ['perl', '-w', '/s/step']],
    ['script -q -c "bash -e {0}" x"y z"', ['script', '-q', '-c', 'bash -e /s/step', 'xy z']],
  ])('%s', (shell, argv) => expect(command(shell).argv).toEqual(argv));
  test('without bash there is sh; PowerShell stops at errors', () => {
    expect(command(undefined, false).argv[0]).toBe('sh');
    expect(command('pwsh').script).toMatch(/^\$ErrorActionPreference = 'stop'\necho\n/);
  });
  test.each(['cmd', 'powershell', 'constructor', 'perl', ''.padEnd(9, 'x')])('%s is none', (shell) => {
    expect(() => command(shell)).toThrow(ShellMistake);
  });
});

describe('what started a run', () => {
  const facts = {
    ...{ name: 'team/shop', branch: 'topic', defaultBranch: 'main', sha: 'a'.repeat(40) },
    ...{ actor: 'ada', server: 'http://sluice.localhost' },
  };
  const pull = (repo: unknown) => ({
    number: 7,
    pull_request: {
      number: 7,
      head: { ref: 'fix', sha: 'b'.repeat(40), repo },
      base: { ref: 'main', sha: 'c'.repeat(40) },
    },
  });
  const event = (name: string, payload: unknown) => triggerEvent(name, payload as never, facts, {});

  test('is made up from the work tree', () => {
    expect(event('push', undefined)).toMatchObject({ ref: 'refs/heads/topic', sha: 'a'.repeat(40), trusted: true });
    expect(event('pull_request', undefined)).toMatchObject({
      ref: 'refs/pull/1/merge',
      headRef: 'topic',
      baseRef: 'main',
      trusted: true,
    });
  });
  test.each([
    [{ full_name: 'team/shop' }, true],
    [{ full_name: 'Team/Shop' }, true],
    [{ full_name: 'other/shop' }, false],
    [null, false],
    ['team/shop', false],
    [{}, false],
  ])('a pull request from %j is trusted: %s', (repo, trusted) => {
    for (const name of ['pull_request', 'pull_request_target', 'pull_request_review']) {
      expect(event(name, pull(repo)).trusted).toBe(trusted);
    }
  });
  test('names its commit, and for pull_request_target that of the base', () => {
    expect(event('pull_request', pull({}))).toMatchObject({ sha: 'b'.repeat(40), ref: 'refs/pull/7/merge' });
    expect(event('pull_request_target', pull({}))).toMatchObject({ sha: 'c'.repeat(40), ref: 'refs/heads/main' });
  });
  test('whatever a payload holds, it is read or passed over', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('pull_request', 'ref', 'after', 'workflow_run', 'repository'), fc.jsonValue()),
        (payload) => {
          const { trusted, ref } = event('push', payload);
          expect(ref).toMatch(/^refs\//);
          expect(typeof trusted).toBe('boolean');
        },
      ),
    );
  });
});

test('slots are taken in order, and given back also after a failure', async () => {
  const slots = new Slots(2);
  const seen: string[] = [];
  const work = (name: string) => async () => {
    seen.push(`+${name}`);
    await sleep(5);
    seen.push(`-${name}`);
    if (name === 'a') throw new Error('a failed');
  };
  await Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => slots.within(work(name))));
  expect(seen.slice(0, 2)).toEqual(['+a', '+b']);
  expect(seen).toHaveLength(8);
  let running = 0;
  for (const one of seen) {
    running += one.startsWith('+') ? 1 : -1;
    expect(running).toBeLessThanOrEqual(2);
  }
});

describe('a concurrency group', () => {
  const enter = (groups: ConcurrencyGroups, ms: number, inProgress = false) => {
    const own = new AbortController();
    const work = async (): Promise<string> => {
      await sleep(ms, undefined, { signal: own.signal }).catch(() => undefined);
      return own.signal.aborted ? 'cancelled' : 'done';
    };
    return groups.within('Deploy', inProgress, new AbortController().signal, () => own.abort(), work);
  };
  test('one runs, one waits, and the one that waited before gives its place up', async () => {
    const groups = new ConcurrencyGroups(temporary());
    const all = [enter(groups, 30), enter(groups, 1), enter(groups, 1)];
    expect(await Promise.all(all)).toEqual(['done', undefined, 'done']);
  });
  test('cancel-in-progress ends the one that runs', async () => {
    const groups = new ConcurrencyGroups(temporary());
    const first = enter(groups, 10_000);
    await sleep(10);
    expect(await Promise.all([first, enter(groups, 1, true)])).toEqual(['cancelled', 'done']);
  });
  test('waits for another process, and takes the place of one that is gone', async () => {
    const folder = temporary();
    const one = enter(new ConcurrencyGroups(folder), 50);
    await sleep(10);
    const two = enter(new ConcurrencyGroups(folder), 1);
    expect(await Promise.all([one, two])).toEqual(['done', 'done']);
  });
});

describe('the store', () => {
  const record = (id: number, rest: object): RunRecord =>
    ({
      ...{ version: 1, id, attempt: 1, pid: process.pid, trusted: true, jobs: [], artifacts: [], problems: [] },
      workflow: { name: 'ci', file: 'ci.yml', sha256: '0'.repeat(64) },
      event: { name: 'push', file: '', inputs: {} },
      source: { repository: 'a/b', ref: 'refs/heads/main', sha: '0'.repeat(40), changed: false },
      driver: { name: 'none', version: '1' },
      startedAt: '2026-11-24T12:00:00.000Z',
      ...rest,
    }) as RunRecord;

  test('numbers runs, passes over what is damaged, and keeps the newest', () => {
    const store = new RunStore(temporary());
    for (let id = 1; id <= 4; id += 1) {
      const folder = store.create();
      expect(folder.id).toBe(id);
      folder.save(record(id, id === 1 ? {} : { conclusion: 'success' }));
    }
    writeFileSync(join(store.folder, '3', 'run.json'), '{"half":');
    expect(store.list().map(({ id }) => id)).toEqual([4, 2, 1]);
    expect(store.get().record.id).toBe(4);
    expect(() => store.get(9)).toThrow(/no run 9/);
    store.retain(1);
    // The first one says that it is running, in this process.
    expect(store.list().map(({ id }) => id)).toEqual([4, 1]);
    expect(store.create().id).toBe(5);
  });
  test('a run without an end whose process is gone was interrupted', () => {
    expect(stateOf(record(1, {}))).toBe('running');
    expect(stateOf(record(1, { pid: 2 ** 22 + 1 }))).toBe('interrupted');
    expect(stateOf(record(1, { conclusion: 'failure' }))).toBe('failure');
  });
});

test('a log keeps its head and its tail, counts what is between, and its digest is that of the file', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }),
      fc.integer({ min: 8, max: 400 }),
      (parts, most) => {
        const file = join(temporary(), 'step.log');
        const log = new StepLog(file, new Masker(), most);
        for (const part of parts) log.write(Buffer.from(part));
        const digest = log.close();
        const [whole, kept] = [Buffer.from(parts.join('')), readFileSync(file)];
        expect(createHash('sha256').update(kept).digest('hex')).toBe(digest);
        if (whole.length <= most) expect([kept.equals(whole), log.leftOut]).toEqual([true, 0]);
        else {
          const note = `\n##[warning]${log.leftOut} bytes are left out here.\n`;
          expect(kept.length - note.length + log.leftOut).toBe(whole.length);
          expect(kept.length - note.length).toBeLessThanOrEqual(most);
          const tail = kept.subarray(kept.indexOf(note) + note.length);
          expect(whole.subarray(whole.length - tail.length).equals(tail)).toBe(true);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test.skipIf(!existsSync('/dev/full'))('a disk that takes no more is said, and nothing is thrown', () => {
  const log = new StepLog('/dev/full', new Masker(), 1_000);
  log.line('one');
  log.line('two');
  log.close();
  expect(log.full).toBe(true);
});
