import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { type Cost, measure as measureProcess } from './process.ts';

/*
 * What a scan of a whole history costs beside `git log -p -U0 --all` alone, whose output goes nowhere:
 * `node bench/history.ts GIT-DIR… [--rules gitleaks.toml] [--gitleaks PROGRAM]`. CPU time of whole processes with their
 * children, start of Node and of git included; ours runs as a bundle, as it is shipped. The best of three runs each, by turns,
 * so that a busy machine is as busy for both.
 */

/** Seconds of CPU time, and ours as a share of git's. */
export interface HistoryFigure {
  readonly repository: string;
  readonly git: number;
  /** Packs, deltas and commits read, nothing looked for. */
  readonly reading: number;
  readonly scan: number;
  readonly share: number;
  readonly gitleaks?: number;
  readonly found: string;
}

export interface HistoryBenchOptions {
  /** A gitleaks configuration instead of the shipped rules. */
  readonly rules?: string;
  /** The gitleaks program, to be measured with the same configuration. */
  readonly gitleaks?: string;
}

const ROUNDS = 3;

export async function run(gitDirs: readonly string[], options: HistoryBenchOptions = {}): Promise<HistoryFigure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const program = await bundle(folder);
    return gitDirs.map((gitDir) => measure(gitDir, program, options));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bundle(folder: string): Promise<string> {
  const build = await rolldown({
    input: new URL('history-once.ts', import.meta.url).pathname,
    platform: 'node',
    logLevel: 'silent',
  });
  await build.write({ dir: folder, format: 'esm', entryFileNames: 'history.mjs' });
  return join(folder, 'history.mjs');
}

function measure(gitDir: string, program: string, { rules, gitleaks }: HistoryBenchOptions): HistoryFigure {
  const times = { git: Infinity, reading: Infinity, scan: Infinity, gitleaks: Infinity };
  let found = '';
  for (let round = 0; round < ROUNDS; round++) {
    const settings = ['-c', 'safe.directory=*', '--git-dir', gitDir];
    times.git = Math.min(times.git, cost('git', [...settings, 'log', '-p', '-U0', '--all']).cpu);
    times.reading = Math.min(times.reading, cost(process.execPath, [program, gitDir, 'none']).cpu);
    const scan = cost(process.execPath, [program, gitDir, rules ?? 'shipped']);
    times.scan = Math.min(times.scan, scan.cpu);
    found = scan.output.trim();
  }
  if (gitleaks !== undefined) times.gitleaks = cost(gitleaks, gitleaksArguments(gitDir, rules)).cpu;
  return {
    repository: basename(dirname(gitDir)),
    git: times.git,
    reading: times.reading,
    scan: times.scan,
    share: times.scan / times.git,
    ...(gitleaks === undefined ? {} : { gitleaks: times.gitleaks }),
    found,
  };
}

const gitleaksArguments = (gitDir: string, rules: string | undefined): string[] => [
  ...['git', gitDir, '--no-banner', '--log-level', 'error', '--exit-code', '0', '--log-opts=--full-history --all'],
  ...(rules === undefined ? [] : ['--config', rules]),
];

/** Repositories of corpora belong to somebody else. */
const SAFE = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' };

const cost = (program: string, args: readonly string[]): Cost =>
  measureProcess(program, args, { env: SAFE, discard: program === 'git' });

if (import.meta.main) {
  const gitDirs: string[] = [];
  const options: { rules?: string; gitleaks?: string } = {};
  const words = process.argv.slice(2);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--rules') options.rules = words.shift() as string;
    else if (word === '--gitleaks') options.gitleaks = words.shift() as string;
    else gitDirs.push(word);
  }
  for (const { repository, git, reading, scan, share, gitleaks, found } of await run(gitDirs, options)) {
    const times = `git log -p ${git.toFixed(2)} s, reading ${reading.toFixed(2)} s, scan ${scan.toFixed(2)} s`;
    const beside =
      gitleaks === undefined ? '' : `, gitleaks ${gitleaks.toFixed(2)} s (${(gitleaks / scan).toFixed(1)} times ours)`;
    console.log(`${repository.padEnd(24)} ${times}: ${Math.round(share * 100)} %${beside} ${found}`);
  }
}
