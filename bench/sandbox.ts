import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseDriver } from '../src/adapters/sandbox/choose.ts';
import type { Sandbox } from '../src/core/sandbox.ts';
import type { Figure } from './process.ts';

const ROUNDS = 100;
const MOST_MS = 50;

/**
 * What a step costs beyond the command itself: sandbox, proxy and pipes against the bare process, taken in turns so that
 * whatever else the machine does meets both alike.
 */
export async function run(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const only of ['bubblewrap', 'unshare'] as const) {
    for (const trace of [false, true]) figures.push(await driver(only, trace));
  }
  return figures;
}

async function driver(only: 'bubblewrap' | 'unshare', trace: boolean): Promise<Figure> {
  const workspace = mkdtempSync(join(tmpdir(), 'bench-'));
  const sandbox = await chooseDriver({ only }).driver.open({
    name: 'bench',
    mounts: [{ from: workspace, to: '/workspace', access: 'write' }],
    limits: { memoryBytes: 2 ** 30, processes: 200, cpus: 2 },
    network: { mode: 'closed', allow: [] },
    services: [],
    onEvent: () => undefined,
    trace,
  });
  const [bare, held]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await timed(plainly));
    held.push(await timed(() => inside(sandbox)));
  }
  await sandbox.close();
  rmSync(workspace, { recursive: true });
  const [median, late] = [0.5, 0.95].map((share) => quantile(held, share) - quantile(bare, share)) as [number, number];
  return {
    what: `a step in ${only}${trace ? ', traced' : ''}, beyond the bare process`,
    measured:
      `median ${median.toFixed(1)} ms, p95 ${late.toFixed(1)} ms; ` +
      `${(quantile(held, 0.5) / quantile(bare, 0.5)).toFixed(1)} times the bare process (${quantile(bare, 0.5).toFixed(1)} ms)`,
    target: `p95 at most ${MOST_MS} ms`,
    met: late <= MOST_MS,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;

const plainly = (): Promise<void> =>
  new Promise((resolve, reject) => {
    spawn('/bin/true', { stdio: ['ignore', 'pipe', 'pipe'] })
      .once('error', reject)
      .once('close', () => resolve());
  });

const inside = (sandbox: Sandbox): Promise<unknown> =>
  sandbox.run({
    step: 'bench',
    argv: ['/bin/true'],
    env: {},
    cwd: '/workspace',
    timeoutMs: 10_000,
    onOutput: () => undefined,
  });
