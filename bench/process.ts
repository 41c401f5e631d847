import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a whole process cost, those it started included. */
export interface Cost {
  /** User and system time in seconds. */
  readonly cpu: number;
  readonly wall: number;
  /** Peak resident memory in megabytes, of the largest process. */
  readonly memory: number;
  readonly output: string;
}

export interface MeasureOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For what prints gigabytes: its output is thrown away. */
  readonly discard?: boolean;
}

/** Runs a program under `/usr/bin/time` (Debian: `time`), which counts what the kernel counts. */
export function measure(program: string, args: readonly string[], options: MeasureOptions = {}): Cost {
  const { cwd = process.cwd(), env = {}, discard = false } = options;
  const folder = mkdtempSync(join(tmpdir(), 'sluice-time-'));
  try {
    const report = join(folder, 'time');
    const { stdout, stderr, status, error } = spawnSync(
      '/usr/bin/time',
      ['-f', '%U %S %e %M', '-o', report, program, ...args],
      {
        cwd,
        env: { ...process.env, ...env },
        maxBuffer: 2 ** 30,
        stdio: ['ignore', discard ? 'ignore' : 'pipe', 'pipe'],
      },
    );
    if (error !== undefined) throw error;
    // A verdict is no failure; a run that did not do its work must not pass for a quick one.
    if (status === 2 || status === 70) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
    const last = readFileSync(report, 'utf8').trim().split('\n').at(-1) ?? '';
    const [user = 0, system = 0, wall = 0, kilobytes = 0] = last.split(' ').map(Number);
    return { cpu: user + system, wall, memory: kilobytes / 1000, output: discard ? '' : stdout.toString() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The best of several runs: what the machine can do when nothing else wants it. */
export function best(rounds: number, run: () => Cost): Cost {
  const costs = Array.from({ length: rounds }, run);
  return costs.reduce((a, b) => (b.cpu < a.cpu ? b : a));
}

/** The program as it ships. */
export const SLUICE = 'dist/sluice.js';

/** One line of the bench: what was measured, the figure, and the target it is held against. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly met: boolean;
}
