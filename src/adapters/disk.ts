import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Disk } from '#core/ports.ts';
import type { DurableFile } from '#core/secret-source.ts';
import { withLock } from './lock.ts';

/** No store is larger; what is, is something else. */
const MAX_BYTES = 64 * 2 ** 20;

/** The disk of this machine. */
export const disk: Disk = { write: writeDurably, alone: withLock };

/** A file of the disk, readable by its owner alone; its folder is made when it is first written. */
export function durableFile(path: string): DurableFile {
  const read = (): Buffer | undefined => readOwn(path);
  return {
    path,
    read,
    change: async (edit) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await withLock(`${path}.lock`, path, async () => {
        const before = read();
        const content = await edit(before);
        if (before !== undefined) keep(path);
        writeDurably(path, content);
      });
    },
  };
}

function readOwn(path: string): Buffer | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile() || stats.size > MAX_BYTES)
    throw new SluiceError('file-invalid', `${path} is not what it should be`);
  return readFileSync(path);
}

/** What is there gets a second name before the first is given to another: at no moment does it have none. */
function keep(path: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  linkSync(path, draft);
  renameSync(draft, `${path}.bak`);
}

/** `Disk.write`. */
export function writeDurably(path: string, content: string | Uint8Array, mode = 0o600): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const descriptor = openSync(draft, 'wx', mode);
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

function syncFolder(folder: string): void {
  // Windows opens no folders, and keeps names without being asked.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
