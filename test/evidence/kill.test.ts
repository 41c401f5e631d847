import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { ledgerFolder } from '#app/home.ts';
import { ledgerKeys, openNotary } from '#app/notary.ts';
import { ownKeys, ownMemory } from '#app/own-evidence.ts';
import { trustOf } from '#app/trust.ts';
import { readBundle } from '#evidence/bundle.ts';
import { statementOf } from '#evidence/envelope.ts';
import { auditLedger } from '#evidence/ledger/audit.ts';
import { parseEntry } from '#evidence/ledger/entry.ts';
import { readLedger } from '#evidence/ledger/read.ts';

/** How often a writer is killed; SLUICE_KILLS for more. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 12);
const APPENDER = fileURLToPath(new URL('./appender.ts', import.meta.url));

test(`a writer killed ${KILLS} times at any moment loses nothing that it acknowledged`, {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kill-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [repository, home] = [join(folder, 'repository'), join(folder, 'home')];
  const clock = { now: () => new Date() };
  await openNotary(repository, { home, clock });
  const acknowledged = new Set<number>();
  let next = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    for (const number of await appendUntilKilled(repository, home, next, kill)) acknowledged.add(number);
    next += 10_000;
    const kept = keptIn(repository, home);
    for (const number of acknowledged) expect(kept.has(number), `${number} after kill ${kill}`).toBe(true);
  }
  expect(acknowledged.size).toBeGreaterThan(KILLS);
  // A re-run works, and cleans up what the last kill left.
  const last = await appendUntilKilled(repository, home, next, 50);
  expect(last.length).toBeGreaterThan(0);
  await (await openNotary(repository, { home, clock })).record([]);
  const keys = ownKeys(home);
  const options = { keys: ledgerKeys(keys), memory: ownMemory(home), trust: trustOf(home), now: new Date() };
  expect(auditLedger(ledgerFolder(repository), options).faults).toEqual([]);
});

/** Kills within a few writes of the first acknowledgement, at a moment that differs from kill to kill. */
async function appendUntilKilled(repository: string, home: string, first: number, kill: number): Promise<number[]> {
  const child = spawn(process.execPath, [APPENDER, repository, home, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  while (!said.includes('\n') && child.exitCode === null) await sleep(1);
  await sleep((kill * 7.3) % 60);
  child.kill('SIGKILL');
  await ended;
  return said.split('\n').slice(0, -1).map(Number);
}

function keptIn(repository: string, home: string): Set<number> {
  const kept = new Set<number>();
  const options = { keys: ledgerKeys(ownKeys(home)), memory: ownMemory(home) };
  readLedger(ledgerFolder(repository), options, (_, line) => {
    const { predicate } = statementOf(readBundle(parseEntry(line).bundle));
    kept.add(Number(predicate['number']));
  });
  return kept;
}
