import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { openPromise, type ZipFile } from 'yauzl';
import type { Masker } from '../mask/masker.ts';

const HOLDS = 'it holds a secret of the job';
const TOO_LARGE = 'it is too large to be looked through';
const DAMAGED = 'it is a damaged archive';
const MOST_ENTRIES = 200_000;
const MOST_BYTES = 16 * 2 ** 30;

/** What the clients of the toolkit pack caches with, by how such a file starts. */
const COMPRESSIONS = [
  { start: '1f8b', decompress: createGunzip },
  { start: '28b52ffd', decompress: createZstdDecompress },
] as const;

/**
 * Why an archive that a job uploaded is not kept: it holds one of the secrets that the job was given, or it cannot be looked
 * through. It is looked at as it is stored, since an archive has room beside its files; a zip archive also file by
 * file, and one compressed as a whole as what it unpacks to. What is packed within a file of it is not looked into.
 */
export async function objectionToArchive(masker: Masker, file: string): Promise<string | undefined> {
  try {
    if (await holdsSecret(masker, createReadStream(file))) return HOLDS;
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch(() => undefined);
    return zip === undefined ? await objectionToCompressed(masker, file) : await objectionToZip(masker, zip);
  } catch (error) {
    return error instanceof TooLarge ? TOO_LARGE : DAMAGED;
  }
}

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

async function objectionToZip(masker: Masker, zip: ZipFile): Promise<string | undefined> {
  let [entries, bytes] = [0, 0];
  try {
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      bytes += entry.uncompressedSize;
      if (entries > MOST_ENTRIES || bytes > MOST_BYTES) return TOO_LARGE;
      if (masker.mask(entry.fileName) !== entry.fileName) return HOLDS;
      if (entry.fileName.endsWith('/')) continue;
      if (await holdsSecret(masker, await zip.openReadStreamPromise(entry))) return HOLDS;
    }
    return undefined;
  } finally {
    zip.close();
  }
}

async function objectionToCompressed(masker: Masker, file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    const start = await startOf(handle);
    const compression = COMPRESSIONS.find((one) => start.startsWith(one.start));
    if (compression === undefined) return undefined;
    const unpacked = compression.decompress();
    const source = handle.createReadStream({ start: 0, autoClose: false });
    source.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
    return (await holdsSecret(masker, bounded(unpacked as AsyncIterable<Buffer>))) ? HOLDS : undefined;
  } finally {
    await handle.close();
  }
}

async function startOf(handle: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  return buffer.subarray(0, bytesRead).toString('hex');
}

async function* bounded(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new TooLarge();
    yield chunk;
  }
}

/** A mask is shorter than whatever it covers, so the lengths tell. */
export async function holdsSecret(masker: Masker, content: AsyncIterable<Buffer>): Promise<boolean> {
  const masks = masker.stream();
  let difference = 0;
  for await (const chunk of content) difference += chunk.length - masks.write(chunk).length;
  return difference !== masks.end().length;
}
