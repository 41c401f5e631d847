import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** What the program said and how it ended. */
export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PROGRAM = resolve('src/cli/main.ts');

/** No colour, no CI, no cache of the person who runs the tests; everything else a test wants it sets itself. */
const environment = (cache: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: cache,
  XDG_CACHE_HOME: cache,
  TERM: 'xterm',
});

/** Starts the program as a user would; the caller may talk to the process before it ends. */
export function start(args: readonly string[], cwd: string, options: SpawnOptions = {}) {
  const env = { ...environment(join(cwd, '..', 'cache')), ...options.env };
  const child = spawn(process.execPath, [PROGRAM, ...args], { ...options, cwd, env, stdio: 'pipe' });
  const read = (stream: NodeJS.ReadableStream): string[] => {
    const chunks: string[] = [];
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    return chunks;
  };
  const stdout = read(child.stdout as NodeJS.ReadableStream);
  const stderr = read(child.stderr as NodeJS.ReadableStream);
  const ended = new Promise<Ended>((done) => {
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
