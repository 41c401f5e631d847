import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { StepFailure } from '../run/job-state.ts';
import { isInnerPath } from '../service/names.ts';

const MOST_ENTRIES = 200_000;

/**
 * Unpacks a zip archive into an empty folder of ours: regular files alone, below the folder, up to so many bytes.
 *
 * @throws StepFailure for an archive that wants more
 */
export async function unpack(archive: string, folder: string, mostBytes: number): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false }).catch(() => undefined);
  if (zip === undefined) throw new StepFailure('The artifact is no zip archive.');
  let [entries, bytes] = [0, 0];
  try {
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      bytes += entry.uncompressedSize;
      if (entries > MOST_ENTRIES || bytes > mostBytes) throw new StepFailure('The artifact is too large to unpack.');
      const name = entry.fileName;
      if (name.endsWith('/')) continue;
      if (!isInnerPath(name)) throw new StepFailure('The artifact holds a file that would lie outside of its folder.');
      const mode = entry.externalFileAttributes >>> 16;
      if (mode !== 0 && (mode & 0o170000) !== 0o100000 && (mode & 0o170000) !== 0) continue;
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      const permissions = mode & 0o111 ? 0o755 : 0o644;
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(file, { flags: 'wx', mode: permissions }),
      );
    }
  } finally {
    zip.close();
  }
}
