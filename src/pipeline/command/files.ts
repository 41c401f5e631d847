import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mount } from '#core/sandbox.ts';
import { MalformedFile, type Pair, parsePairs } from './pairs.ts';

/** The files through which a step talks to its job, by the end of the variable's name. */
export const COMMAND_FILES = {
  ENV: 'env',
  OUTPUT: 'output',
  PATH: 'path',
  STATE: 'state',
  STEP_SUMMARY: 'summary',
} as const;

/** A value is at most a mebibyte on the real platform, and so is a summary. */
const MOST_BYTES = 8 * 2 ** 20;
const SUMMARY_BYTES = 2 ** 20;

/** What one step wrote. `errors` say which file could not be taken, without quoting it. */
export interface Written {
  readonly env: readonly Pair[];
  readonly outputs: readonly Pair[];
  readonly path: readonly string[];
  readonly state: readonly Pair[];
  readonly summary: string;
  readonly errors: readonly string[];
}

/**
 * Command files of one step: made empty before it, mounted for it alone, read after it. Nothing that a step left running
 * sees those of the next one.
 */
export interface CommandFiles {
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Reads what the step wrote and removes the files. */
  take(): Written;
}

/** `folder` is made on the host; `inside` is where the step sees it. */
export function createCommandFiles(folder: string, inside: string): CommandFiles {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o777 });
  for (const name of Object.values(COMMAND_FILES)) writeFileSync(join(folder, name), '', { mode: 0o666 });
  const env = Object.fromEntries(
    Object.entries(COMMAND_FILES).map(([key, name]) => [`GITHUB_${key}`, `${inside}/${name}`]),
  );
  return {
    env,
    mounts: [{ from: folder, to: inside, access: 'write' }],
    take: () => {
      const written = readAll(folder);
      rmSync(folder, { recursive: true, force: true });
      return written;
    },
  };
}

function readAll(folder: string): Written {
  const errors: string[] = [];
  const attempt = <T>(variable: keyof typeof COMMAND_FILES, most: number, parse: (text: string) => T, none: T): T => {
    try {
      return parse(readBounded(join(folder, COMMAND_FILES[variable]), most));
    } catch (error) {
      if (!(error instanceof MalformedFile)) throw error;
      errors.push(`Unable to process file command '${COMMAND_FILES[variable]}' successfully: ${error.message}.`);
      return none;
    }
  };
  const lines = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== '');
  const none: readonly Pair[] = [];
  const env = attempt('ENV', MOST_BYTES, parsePairs, none);
  const outputs = attempt('OUTPUT', MOST_BYTES, parsePairs, none);
  const path = attempt('PATH', MOST_BYTES, lines, []);
  const state = attempt('STATE', MOST_BYTES, parsePairs, none);
  const summary = attempt('STEP_SUMMARY', SUMMARY_BYTES, (text) => text, '');
  return { env, outputs, path, state, summary, errors };
}

/** A step may put a link, a FIFO or a device in place of a file: only a regular file is read, and never through a link. */
function readBounded(file: string, most: number): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new MalformedFile('it is no longer a file');
  }
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new MalformedFile('it is no longer a file');
    if (stats.size > most) throw new MalformedFile(`it is larger than ${most / 1024} KiB`);
    const buffer = Buffer.alloc(stats.size);
    let from = 0;
    while (from < buffer.length) {
      const read = readSync(descriptor, buffer, from, buffer.length - from, from);
      if (read === 0) break;
      from += read;
    }
    return withoutMark(buffer.toString('utf8', 0, from));
  } finally {
    closeSync(descriptor);
  }
}

/** PowerShell may start a file with a byte order mark. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);
