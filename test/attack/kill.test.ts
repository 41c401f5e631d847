import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { commit } from '../support/repository.ts';
import { start } from '../support/sluice.ts';
import { canaries, environmentOf, job, type Lab, openLab, withSecret } from './lab.ts';

/** How often a run is killed; SLUICE_KILLS=100 is what the project is held to. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 6);

/** Processes of this machine whose environment or arguments hold a text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => ['environ', 'cmdline'].some((file) => contentOf(`/proc/${pid}/${file}`).includes(text)));
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

async function gone(text: string): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (processesWith(text).length === 0) return [];
    await sleep(50);
  }
  return processesWith(text);
}

const running = (lab: Lab) =>
  start(['run', 'ci', '--no-watch', '--secret-file', '../inputs/secrets.env'], lab.folder, {
    env: environmentOf(lab.folder),
  });

describe('while a step has a secret', () => {
  const NOISY = `trap '' INT TERM; (setsid sh -c 'trap "" INT TERM HUP; sleep 61' &) ; (nohup sleep 62 &) ; echo "$S" > /workspace/kept; echo READY; sleep 63 & wait; sleep 64`;

  test.each([
    ['a second Ctrl-C', ['SIGINT', 'SIGINT']],
    ['kill -9', ['SIGKILL']],
  ] as const)('%s leaves no process and no value, and the next run works', async (_, signals) => {
    const lab = openLab({ secrets: canaries(['TOKEN']), jobs: { one: job(withSecret('TOKEN', NOISY)) } });
    const value = /^TOKEN=(.*)$/m.exec(readFileSync(join(lab.beside('inputs'), 'secrets.env'), 'utf8'))?.[1] ?? 'none';
    const { child, ended } = running(lab);
    let [ready, hasValue, inArguments] = [false, false, true];
    child.stdout.on('data', async (text: string) => {
      if (ready || !/^\[one\] READY/m.test(text)) return;
      ready = true;
      hasValue = processesWith(value).length > 0;
      inArguments = readdirSync('/proc').some(
        (pid) => /^\d+$/.test(pid) && contentOf(`/proc/${pid}/cmdline`).includes(value),
      );
      for (const signal of signals) {
        child.kill(signal);
        await sleep(300);
      }
    });
    const { stdout, stderr } = await ended;
    // Its environment can be read by whoever runs this, its arguments by everybody.
    expect([ready, hasValue, inArguments]).toEqual([true, true, false]);
    expect(await gone(value)).toEqual([]);
    commit(
      lab.folder,
      { '.github/workflows/ci.yml': JSON.stringify({ on: 'push', jobs: { one: job('echo fine') } }) },
      'next',
    );
    expect((await lab.run()).record.conclusion).toBe('success');
    expect(await lab.leaks({ stdout, stderr })).toEqual([]);
    expect((await lab.sluice('evidence', 'verify')).status).toBe(0);
  });
});

test(`${KILLS} kills of a run at random moments: the ledger verifies, and the next run works`, {
  timeout: 60_000 + KILLS * 8_000,
}, async () => {
  const work = withSecret(
    'TOKEN',
    'for i in $(seq 5); do echo "line $i $S"; sleep 0.02; done; mkdir -p out; echo "$RANDOM" > out/f',
  );
  const lab = openLab({
    secrets: canaries(['TOKEN']),
    jobs: {
      one: job({ uses: 'actions/checkout@v4' }, work, {
        uses: 'actions/upload-artifact@v4',
        with: { name: 'out', path: 'out' },
      }),
      two: {
        ...job({ uses: 'actions/download-artifact@v4', with: { name: 'out', path: 'in' } }, 'cat in/f'),
        needs: 'one',
      },
    },
  });
  const first = performance.now();
  expect((await lab.run()).record.conclusion).toBe('success');
  const ms = performance.now() - first;
  let killed = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const { child, ended } = running(lab);
    const timer = setTimeout(() => child.kill('SIGKILL'), ms * (0.05 + Math.random() * 0.8));
    if ((await ended).signal === 'SIGKILL') killed += 1;
    clearTimeout(timer);
    const verified = await lab.sluice('evidence', 'verify');
    expect([round, verified.status, verified.stderr]).toEqual([round, 0, '']);
  }
  expect(killed).toBeGreaterThan(0);
  const last = await lab.run();
  expect(last.record.conclusion).toBe('success');
  expect(await gone(lab.folder)).toEqual([]);
  // What was under way when they died is gone: workspaces may hold anything.
  const runs = join(lab.folder, '.sluice/runs');
  expect(readdirSync(runs).filter((id) => existsSync(join(runs, id, 'work')))).toEqual([]);
  expect(await lab.leaks(last)).toEqual([]);
});
