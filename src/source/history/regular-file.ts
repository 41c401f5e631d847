import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * Opens a file of a repository for reading. A hostile repository may have a FIFO in its place, and opening one in the
 * ordinary way waits for ever.
 *
 * @throws what the file system throws; `EINVAL` for whatever is no regular file
 */
export function openRegular(path: string): number {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  // In the form of the file system's own errors, so that whoever expects those takes it for one.
  throw Object.assign(new Error('no regular file'), { code: 'EINVAL', syscall: 'open' });
}

/** The whole of a regular file. */
export function readRegular(path: string): Buffer {
  const descriptor = openRegular(path);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
