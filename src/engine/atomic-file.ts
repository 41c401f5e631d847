import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

export interface AtomicWriteOptions {
  /** Waits until the content is on the disk before it takes the old one's place. For what cannot be made again. */
  readonly sync?: boolean;
  readonly mode?: number;
}

/**
 * Writes a whole file or leaves what was there: a reader, a crash or a full disk never sees half of it. The last of
 * several writers wins.
 */
export function writeAtomically(file: string, content: string | Uint8Array, options: AtomicWriteOptions = {}): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    writeNew(temporary, content, options);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeNew(
  file: string,
  content: string | Uint8Array,
  { sync = false, mode = 0o666 }: AtomicWriteOptions,
): void {
  const descriptor = openSync(file, 'wx', mode);
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
    for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
