import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { SluiceError } from '#core/error.ts';

const CHUNK = 1024 * 1024;

/** SHA-256 of a file, hexadecimal. */
export function fileDigest(file: string): string {
  const hash = createHash('sha256');
  for (const piece of piecesOf(file)) hash.update(piece);
  return hash.digest('hex');
}

/**
 * The bytes of a file, a piece at a time; each piece is overwritten by the next.
 *
 * @throws SluiceError `artifact-unreadable`; `artifact-changed` when it grew or shrank while it was read
 */
export function* piecesOf(file: string | Buffer, follow = true): Generator<Uint8Array> {
  const descriptor = open(file, follow);
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, size)));
    let seen = 0;
    for (let read = -1; read !== 0; ) {
      read = readSync(descriptor, buffer, 0, buffer.length, null);
      seen += read;
      if (read > 0) yield buffer.subarray(0, read);
    }
    if (seen !== size) throw new SluiceError('artifact-changed', `${file.toString()} changed while it was read`);
  } finally {
    closeSync(descriptor);
  }
}

function open(file: string | Buffer, follow: boolean): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW));
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new SluiceError('artifact-unreadable', `${file.toString()} cannot be read (${code})`, { cause });
  }
}
