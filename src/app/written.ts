import { SluiceError } from '#core/error.ts';

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'Create the folder first.',
  EACCES: 'Choose a place you may write to.',
  EPERM: 'Choose a place you may write to.',
  EROFS: 'Choose a place you may write to.',
  ENOSPC: 'The disk is full: free some space, or write elsewhere.',
  EDQUOT: 'The disk is full: free some space, or write elsewhere.',
  EISDIR: 'Name a file, not a folder.',
};

/** Why something could not be written, in words: `what` is a clause such as `cannot write report.json`. */
export function outputFailed(what: string, cause: unknown): SluiceError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const hint = HINTS[code];
  return new SluiceError('output-failed', `${what} (${code})`, { cause, ...(hint === undefined ? {} : { hint }) });
}

/**
 * Does work that writes a file the user named.
 *
 * @throws SluiceError `output-failed` for whatever the disk, its permissions or the name have against it
 */
export function written<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof SluiceError || typeof (cause as NodeJS.ErrnoException).syscall !== 'string') throw cause;
    throw outputFailed(`cannot write ${file}`, cause);
  }
}

/**
 * The same for work that reads and writes below a folder: the message names what the system was asked for.
 *
 * @throws SluiceError `output-failed`
 */
export async function onDisk<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { syscall, path } = cause as NodeJS.ErrnoException;
    if (cause instanceof SluiceError || typeof syscall !== 'string') throw cause;
    throw outputFailed(`cannot ${syscall} ${path ?? `in ${folder}`}`, cause);
  }
}
