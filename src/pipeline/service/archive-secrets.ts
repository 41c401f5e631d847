import { createReadStream } from 'node:fs';
import { openPromise } from 'yauzl';
import type { Masker } from '../mask/masker.ts';

const HOLDS = 'the artifact holds a secret of the job';
const MOST_ENTRIES = 200_000;
const MOST_BYTES = 16 * 2 ** 30;

/**
 * Why an archive that a job uploaded is not kept: it holds one of the secrets that the job was given, or it cannot be looked
 * through. A file that is no zip
 * archive is nothing that we could unpack later, and is looked at as it is stored.
 */
export async function objectionToArchive(masker: Masker, file: string): Promise<string | undefined> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false }).catch(() => undefined);
  if (zip === undefined) {
    return (await holdsSecret(masker, createReadStream(file))) ? HOLDS : undefined;
  }
  let [entries, bytes] = [0, 0];
  try {
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      bytes += entry.uncompressedSize;
      if (entries > MOST_ENTRIES || bytes > MOST_BYTES) return 'the artifact is too large to be looked through';
      if (entry.fileName.endsWith('/')) continue;
      if (await holdsSecret(masker, await zip.openReadStreamPromise(entry))) return HOLDS;
    }
    return undefined;
  } catch {
    return 'the artifact is a damaged archive';
  } finally {
    zip.close();
  }
}

/** A mask is shorter than whatever it covers, so the lengths tell. */
export async function holdsSecret(masker: Masker, content: AsyncIterable<Buffer>): Promise<boolean> {
  const masks = masker.stream();
  let difference = 0;
  for await (const chunk of content) difference += chunk.length - masks.write(chunk).length;
  return difference !== masks.end().length;
}
