import { readFileSync, type Stats, statSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { SluiceError } from '#core/error.ts';

/** What people write by hand is a thousand times smaller; a baseline has an entry for every finding. */
const MOST_BYTES = 64 * 1024 * 1024;
/** What a shell writes for `<(command)`, and standard input. */
const SUBSTITUTED = /^\/dev\/(?:fd\/\d+|stdin)$/;

/**
 * The text of a file that the user wrote, or that came with the target. Either may be no file at all: a FIFO would hold
 * the whole program, so that not even Ctrl-C ends it, and a link to a device has no end. The pipes of a shell may be read.
 *
 * @throws SluiceError with `code` when there is no such file, `file-unreadable` when it cannot be read.
 */
export function readUserFile(file: string, code: string, hint?: string): string {
  const stats = inspect(file);
  if (stats === undefined) {
    throw new SluiceError(code, `there is no file ${shown(file)}`, hint === undefined ? {} : { hint });
  }
  if (stats.isDirectory()) throw unreadable(file, 'it is a folder');
  if (!stats.isFile() && !SUBSTITUTED.test(file)) throw unreadable(file, 'it is a FIFO, a socket or a device');
  if (stats.size > MOST_BYTES) throw unreadable(file, `it is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, reasonOf(cause), cause);
  }
}

/** @returns `undefined` where nothing has the name; also for a file in place of a folder on the way there */
function inspect(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (cause) {
    throw unreadable(file, reasonOf(cause), cause);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ELOOP: 'it is a link in a circle',
  ENAMETOOLONG: 'its name is too long',
};

function reasonOf(cause: unknown): string {
  const { code = 'unknown' } = cause as NodeJS.ErrnoException;
  return REASONS[code] ?? code;
}

const unreadable = (file: string, reason: string, cause?: unknown): SluiceError =>
  new SluiceError('file-unreadable', `${shown(file)} cannot be read: ${reason}`, { cause });

/** A path as the user would write it: relative to where they stand, if it is below. */
export function shown(file: string): string {
  const from = relative(process.cwd(), file);
  return from === '' || from.startsWith('..') ? (from === '' ? basename(file) : file) : from;
}
