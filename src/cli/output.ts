import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { outputFailed, written } from '#app/written.ts';

/**
 * Writes a report file whole or not at all: beside its place, then renamed over it. A device or pipe is written to directly.
 *
 * @throws SluiceError `output-failed` when it cannot (no such folder, no permission, disk full); nothing half-written stays.
 */
export function writeReport(file: string, content: string): void {
  if (file.startsWith('/dev/')) {
    written(file, () => writeAll(openSync(file, 'w'), content, false));
    return;
  }
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  try {
    written(file, () => {
      writeAll(openSync(temporary, 'wx', 0o644), content, true);
      renameSync(temporary, file);
    });
  } finally {
    rmSync(temporary, { force: true });
  }
}

function writeAll(descriptor: number, content: string, sync: boolean): void {
  try {
    const bytes = Buffer.from(content);
    for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Standard output, waiting for a slow reader; a reader that went away (`| head`) is no error of ours. */
export async function print(text: string, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EPIPE') resolve();
      else reject(outputFailed('cannot write to standard output', error));
    };
    stream.once('error', failed);
    stream.write(text, (error) => {
      // The 'error' event may follow the callback: leave the listener in place until the process ends.
      if (error) failed(error);
      else resolve();
    });
  });
}
