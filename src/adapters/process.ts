import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A program to run: its absolute path, its whole environment (nothing is inherited) and what bounds it. */
export interface ProcessRequest {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

/** How a process ended: `code` is null where a signal ended it. `stderr` holds the first 8 KiB. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly stderr: string;
}

export interface RunningProcess {
  /** Standard output; leaving it unread holds the process back by the pipe. */
  readonly output: AsyncIterable<Buffer>;
  /** Settles once the process is gone; rejects where it could not be started, or with the signal's reason. */
  readonly ended: Promise<ProcessEnd>;
  kill(): void;
}

const ignored = (): undefined => undefined;

const STDERR_KEPT = 8 * 1024;

/** Starts a process without a shell. An aborted signal kills it at once, without a chance to ignore that. */
export function startProcess(request: ProcessRequest): RunningProcess {
  request.signal?.throwIfAborted();
  const child = spawn(request.file, [...request.args], {
    cwd: request.cwd,
    env: { ...request.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  request.signal?.addEventListener('abort', kill, { once: true });
  const ended = endOf(child, request.signal).finally(() => request.signal?.removeEventListener('abort', kill));
  // The caller may read the output first and look at the end later; a failed start must not count as unhandled meanwhile.
  ended.catch(ignored);
  // A process may well stop reading before its input ends; how it exits tells whether that mattered.
  child.stdin.on('error', ignored);
  child.stdin.end(request.input ?? '');
  return { output: child.stdout, ended, kill };
}

function endOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  signal: AbortSignal | undefined,
): Promise<ProcessEnd> {
  const kept: Buffer[] = [];
  let size = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    if (size < STDERR_KEPT) kept.push(chunk.subarray(0, STDERR_KEPT - size));
    size += chunk.length;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (signal?.aborted) reject(signal.reason);
      else resolve({ code, stderr: Buffer.concat(kept).toString('utf8') });
    });
  });
}

/**
 * The absolute path of a program on the search path, or `undefined`. Relative entries of the search path (`.`, an empty
 * entry) are passed over: with a scanned folder as working directory they would name a program in it.
 */
export function findProgram(name: string, searchPath: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of absoluteEntries(searchPath)) {
    for (const candidate of names.map((each) => path.join(folder, each))) {
      if (isExecutable(candidate)) return candidate;
    }
  }
  return undefined;
}

/** The absolute entries of a search path, in order. */
export const absoluteEntries = (searchPath: string): string[] =>
  searchPath.split(path.delimiter).filter((entry) => path.isAbsolute(entry));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether a process of this number runs, whoever owns it. A number is given out again: compare the start time where it matters. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
