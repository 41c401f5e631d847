import { createHash } from 'node:crypto';
import { openPromise } from 'yauzl';

const MOST_BYTES = 8 * 2 ** 30;

/** A file in an artifact, as whoever takes it out will have it. */
export interface ArchiveFile {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The files of a zip archive with their digests, in the order of the archive. Empty where it is no zip archive, and for one
 * with more than `most` files.
 */
export async function filesOfArchive(archive: string, most: number): Promise<readonly ArchiveFile[]> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false }).catch(() => undefined);
  if (zip === undefined || zip.entryCount > most) {
    zip?.close();
    return [];
  }
  const files: ArchiveFile[] = [];
  let bytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (bytes > MOST_BYTES) return [];
      if (entry.fileName.endsWith('/')) continue;
      const hash = createHash('sha256');
      for await (const chunk of await zip.openReadStreamPromise(entry)) hash.update(chunk as Buffer);
      files.push({ path: entry.fileName, sha256: hash.digest('hex') });
    }
    return files;
  } finally {
    zip.close();
  }
}
