import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { best, type Figure, measure, SLUICE } from './process.ts';

/* How quick the program is to start, to scan little, and to scan again. */

const PROGRAM = resolve(SLUICE);
const MOST_START_MS = 60;
const MOST_SMALL_SECONDS = 0.7;
const MOST_RESCAN_SHARE = 0.2;

export function run(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    return [start(), small(folder), ...rescan(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function start(): Figure {
  // By turns, and the quickest of each, so that a busy moment is nobody's.
  const rounds = Array.from({ length: 15 }, () => ({
    node: elapsed(['-e', '0']),
    version: elapsed([PROGRAM, '--version']),
  }));
  const node = Math.min(...rounds.map((round) => round.node));
  const version = Math.min(...rounds.map((round) => round.version));
  return {
    what: 'sluice --version',
    measured: `${version.toFixed(0)} ms, node -e 0 ${node.toFixed(0)} ms: ${(version - node).toFixed(0)} ms more`,
    target: `at most ${MOST_START_MS} ms more`,
    met: version - node <= MOST_START_MS,
  };
}

function elapsed(args: readonly string[]): number {
  const before = performance.now();
  measure(process.execPath, args);
  return performance.now() - before;
}

function small(folder: string): Figure {
  const target = sources(join(folder, 'small'), 50);
  const { wall } = best(5, () => measure(process.execPath, [PROGRAM, 'scan', '--no-cache', target]));
  return {
    what: 'scan of 50 files',
    measured: `${wall.toFixed(2)} s`,
    target: `at most ${MOST_SMALL_SECONDS} s`,
    met: wall <= MOST_SMALL_SECONDS,
  };
}

function rescan(folder: string): Figure[] {
  const target = sources(join(folder, 'large'), 10_000);
  const env = { XDG_CACHE_HOME: join(folder, 'cache') };
  const scan = () => measure(process.execPath, [PROGRAM, 'scan', target], { cwd: folder, env });
  // Files written a moment ago are not believed unchanged, as in git.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
  const first = scan();
  const second = best(3, scan);
  const share = (a: number, b: number): string =>
    `${a.toFixed(2)} s of ${b.toFixed(2)} s: ${Math.round((100 * a) / b)} %`;
  return [
    {
      what: 'second scan of 10,000 unchanged files',
      measured: `CPU ${share(second.cpu, first.cpu)}, wall ${share(second.wall, first.wall)}`,
      target: `at most ${MOST_RESCAN_SHARE * 100} %`,
      met: second.cpu <= MOST_RESCAN_SHARE * first.cpu,
    },
  ];
}

/** Source files of about 10 kB (the mean of Go's standard library) that differ, and speak of keys and tokens now and then. */
function sources(root: string, count: number): string {
  for (let n = 0; n < count; n += 1) {
    const file = join(root, `package-${n % 40}`, `module-${n}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    const lines = Array.from({ length: 160 }, (_, at) =>
      at % 20 === 7
        ? `  const token${at} = await tokens.next(session.key, options.password ?? prompt('Password ${n}'));`
        : `export const value${n}x${at} = compute(${n}, 'part ${at}', { depth: ${at} });`,
    );
    writeFileSync(file, `${lines.join('\n')}\n`);
  }
  return root;
}
