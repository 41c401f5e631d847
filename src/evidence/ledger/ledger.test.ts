import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { disk } from '#adapters/disk.ts';
import type { Signer } from '#core/signer.ts';
import { NOW, newSigner, numbered, temporaryFolder } from '../fixture.ts';
import { signStatement } from '../sign.ts';
import { type Ledger, openLedger, readCheckpoint } from './ledger.ts';
import { ledgerMemory } from './memory.ts';
import { readLedger } from './read.ts';

interface Set {
  readonly folder: string;
  readonly home: string;
  readonly signer: Signer;
  readonly open: (now?: Date) => Promise<Ledger>;
  readonly add: (ledger: Ledger, ...numbers: number[]) => Promise<number>;
}

async function setUp(): Promise<Set> {
  const [folder, home] = [join(temporaryFolder(), 'ledger'), temporaryFolder()];
  const [signer, author] = [await newSigner('ed25519'), await newSigner()];
  const open = async (now = NOW): Promise<Ledger> =>
    await openLedger(folder, { signer, keys: [], clock: { now: () => now }, disk, memory: ledgerMemory(home, disk) });
  const add = async (ledger: Ledger, ...numbers: number[]): Promise<number> => {
    const bundles = await Promise.all(numbers.map(async (number) => await signStatement(numbered(number), author)));
    return (await ledger.append(bundles)).index;
  };
  return { folder, home, signer, open, add };
}

test('numbers what it takes from 0, in order', async () => {
  const { open, add, folder, signer } = await setUp();
  const ledger = await open();
  expect(await add(ledger, 1)).toBe(0);
  expect(await add(ledger, 2, 3)).toBe(1);
  expect(await add(await open(), 4)).toBe(3);
  expect(readCheckpoint(folder, [signer.publicKey]).checkpoint.size).toBe(4);
  expect(readFileSync(join(folder, 'entries.jsonl'), 'utf8').split('\n')).toHaveLength(5);
});

test('takes no statement twice, also when it is signed again, nor any of its company', async () => {
  const { open, add, folder, signer } = await setUp();
  await add(await open(), 1);
  await expect(add(await open(), 2, 1)).rejects.toMatchObject({ code: 'statement-replayed' });
  await expect(add(await open(), 3, 3)).rejects.toMatchObject({ code: 'statement-replayed' });
  expect(readCheckpoint(folder, [signer.publicKey]).checkpoint.size).toBe(1);
});

test('takes back a torn write that nobody was told of, and says so', async () => {
  const { open, add, folder } = await setUp();
  const ledger = await open();
  await add(ledger, 1, 2);
  const before = readFileSync(join(folder, 'entries.jsonl'));
  appendFileSync(join(folder, 'entries.jsonl'), '{"at":"2026-');
  const receipt = await ledger.append([]);
  expect(receipt.problems).toMatchObject([{ code: 'ledger-recovered' }]);
  expect(readFileSync(join(folder, 'entries.jsonl'))).toEqual(before);
});

test.each(['hashes', 'index'])('makes %s again when it is gone, cut or wrong', async (name) => {
  const { open, add, folder } = await setUp();
  await add(await open(), 1, 2, 3);
  const whole = readFileSync(join(folder, name));
  for (const spoil of [
    () => rmSync(join(folder, name)),
    () => truncateSync(join(folder, name), 50),
    () => writeFileSync(join(folder, name), Buffer.alloc(whole.length)),
  ]) {
    spoil();
    await (await open()).append([]);
    expect(readFileSync(join(folder, name))).toEqual(whole);
  }
});

test.each<[string, string, (folder: string) => void]>([
  [
    'an entry edited',
    'ledger-altered',
    (folder) => edit(folder, (lines) => lines.map((line) => line.replace('12:00', '12:01'))),
  ],
  ['entries in another order', 'ledger-altered', (folder) => edit(folder, ([a, b, c]) => [b, a, c] as string[])],
  ['an entry taken out', 'ledger-truncated', (folder) => edit(folder, ([a, , c]) => [a, c] as string[])],
  ['the end cut off', 'ledger-truncated', (folder) => edit(folder, (lines) => lines.slice(0, 2))],
  ['no checkpoint', 'ledger-missing', (folder) => rmSync(join(folder, 'checkpoint'))],
  ['all of it gone', 'ledger-missing', (folder) => rmSync(folder, { recursive: true })],
  ['a checkpoint changed', 'checkpoint-untrusted', (folder) => note(folder, (text) => text.replace('\n3\n', '\n2\n'))],
  ['a checkpoint that is none', 'checkpoint-invalid', (folder) => note(folder, () => 'nothing')],
])('takes nothing more after %s', async (_, code, spoil) => {
  const { open, add, folder } = await setUp();
  await add(await open(), 1, 2, 3);
  spoil(folder);
  for (const name of ['hashes', 'index']) rmSync(join(folder, name), { force: true });
  await expect(async () => await add(await open(), 4)).rejects.toMatchObject({ code });
});

test('notices that it was set back to an earlier state, with everything signed as it should be', async () => {
  const { open, add, folder } = await setUp();
  await add(await open(), 1, 2);
  const [entries, checkpoint] = ['entries.jsonl', 'checkpoint'].map((name) => readFileSync(join(folder, name)));
  await add(await open(), 3);
  writeFileSync(join(folder, 'entries.jsonl'), entries as Buffer);
  writeFileSync(join(folder, 'checkpoint'), checkpoint as Buffer);
  await expect(async () => await add(await open(), 4)).rejects.toMatchObject({ code: 'ledger-rolled-back' });
});

test('notices a fork, and another ledger in its place', async () => {
  const { open, add, folder, home } = await setUp();
  await add(await open(), 1, 2);
  const [entries, checkpoint] = ['entries.jsonl', 'checkpoint'].map((name) => readFileSync(join(folder, name)));
  await add(await open(), 3);
  const seen = ledgerMemory(home, disk).recall(folder) as string;
  writeFileSync(join(folder, 'entries.jsonl'), entries as Buffer);
  writeFileSync(join(folder, 'checkpoint'), checkpoint as Buffer);
  ledgerMemory(home, disk).forget(folder);
  await add(await open(), 4, 5);
  ledgerMemory(home, disk).remember(folder, seen);
  await expect(async () => await add(await open(), 6)).rejects.toMatchObject({ code: 'ledger-forked' });
  rmSync(folder, { recursive: true });
  ledgerMemory(home, disk).forget(folder);
  await add(await open(), 1, 2, 3);
  ledgerMemory(home, disk).remember(folder, seen);
  await expect(async () => await add(await open(), 4)).rejects.toMatchObject({ code: 'ledger-replaced' });
});

test('notices a clock that went back', async () => {
  const { open, add } = await setUp();
  await add(await open(), 1);
  const receipt = await (await open(new Date(NOW.getTime() - 60_000))).append([]);
  expect(receipt.problems).toMatchObject([{ code: 'clock-went-back' }]);
});

test('appends of several at once lose nothing', async () => {
  const { open, add, folder, signer } = await setUp();
  const ledgers = await Promise.all([open(), open(), open()]);
  const indices = await Promise.all(
    Array.from({ length: 15 }, async (_, number) => await add(ledgers[number % 3] as Ledger, number)),
  );
  expect(indices.toSorted((a, b) => a - b)).toEqual(indices.map((_, at) => at));
  expect(readCheckpoint(folder, [signer.publicKey]).checkpoint.size).toBe(15);
});

test('whatever byte of whatever file changes: what was signed is there, or the ledger is refused', async () => {
  const { open, add, folder, signer } = await setUp();
  const ledger = await open();
  await add(ledger, 1, 2, 3, 4, 5);
  const names = ['entries.jsonl', 'hashes', 'index', 'checkpoint'] as const;
  const whole = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  const read = (): number => readLedger(folder, { keys: [signer.publicKey] }, () => undefined).checkpoint.size;
  const refusal = expect.objectContaining({ name: 'Refusal' });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), async (name, place, by) => {
      for (const [file, content] of whole) writeFileSync(join(folder, file), content);
      const content = Buffer.from(whole.get(name) ?? '');
      const at = place % content.length;
      content[at] = (content[at] ?? 0) ^ by;
      writeFileSync(join(folder, name), content);
      // Writing heals what can be made again, or is refused.
      await ledger.append([]).catch((error: unknown) => expect(error).toEqual(refusal));
      if (name === 'hashes' || name === 'index') expect(read()).toBe(5);
      else expect(read).toThrow(refusal);
    }),
    { numRuns: 150 },
  );
});

function edit(folder: string, change: (lines: string[]) => string[]): void {
  const file = join(folder, 'entries.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${change(lines).join('\n')}\n`);
}

function note(folder: string, change: (text: string) => string): void {
  const file = join(folder, 'checkpoint');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
