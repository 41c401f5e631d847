import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

/** What the program said and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as it ships. */
export const PROGRAM = join(inject('built'), 'dist/sluice.js');

/** What is compiled once for all starts; a test that cares where it goes says so itself. */
const COMPILED = join(inject('built'), 'compiled');

/** No colour, no CI, no cache of the person who runs the tests; everything else a test wants it sets itself. */
export const environment = (home: string): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
  HOME: home,
  XDG_CACHE_HOME: join(home, 'cache'),
  NODE_COMPILE_CACHE: COMPILED,
  GIT_CONFIG_NOSYSTEM: '1',
  TERM: 'xterm',
  TZ: 'UTC',
  LC_ALL: 'C.UTF-8',
});

export interface StartOptions extends Pick<SpawnOptions, 'uid' | 'gid'> {
  readonly env?: NodeJS.ProcessEnv;
  /** Options of Node itself, before the program. */
  readonly node?: readonly string[];
  readonly input?: string;
}

/** Starts the program as a user would; the caller may talk to the process before it ends. */
export function start(args: readonly string[], cwd: string, { env, node = [], input, ...rest }: StartOptions = {}) {
  const child = spawn(process.execPath, [...node, PROGRAM, ...args], {
    ...rest,
    cwd,
    env: { ...environment(join(cwd, '..', 'home')), ...env },
    stdio: 'pipe',
  });
  const read = (stream: NodeJS.ReadableStream): string[] => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    return chunks;
  };
  const stdout = read(child.stdout);
  const stderr = read(child.stderr);
  child.stdin.end(input ?? '');
  const ended = new Promise<Ended>((done, failed) => {
    child.on('error', failed);
    child.on('close', (status, signal) => done({ status, signal, stdout: stdout.join(''), stderr: stderr.join('') }));
  });
  return { child, ended };
}

/** Runs the program to its end. */
export const sluice = (args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  start(args, cwd, { env }).ended;

/** A folder with these files, gone after the test. Its parent holds what a test keeps beside it. */
export function project(files: Readonly<Record<string, string | Buffer>>): string {
  const parent = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const folder = join(parent, 'project');
  mkdirSync(folder);
  write(folder, files);
  return folder;
}

export function write(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** What a user sees, without what every release changes: for snapshots. */
export const lasting = (text: string): string =>
  text.replace(/^sluice \d+\.\d+\.\d+\S* /gm, 'sluice VERSION ').replace(/\d+ checks/g, 'N checks');
