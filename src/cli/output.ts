import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { outputFailed, written } from '#app/written.ts';
import type { Pieces } from '#report/options.ts';

/**
 * Writes a report file whole or not at all: beside its place, then renamed over it. A device or pipe is written to directly.
 *
 * @throws SluiceError `output-failed` when it cannot (no such folder, no permission, disk full); nothing half-written stays.
 */
export function writeReport(file: string, content: Pieces): void {
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

function writeAll(descriptor: number, content: Pieces, sync: boolean): void {
  try {
    for (const part of gathered(content)) {
      const bytes = Buffer.from(part);
      for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
    }
    if (sync) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Standard output, a piece at a time and waiting for a slow reader; a reader that went away (`| head`) is no error of ours,
 * and what it does not read is not made.
 *
 * @throws SluiceError `output-failed`
 */
export async function print(text: string | Pieces, stream: NodeJS.WriteStream = process.stdout): Promise<void> {
  // What is wrong comes to the callback; the event may follow later, and stays listened to until the process ends.
  stream.on('error', () => undefined);
  for (const part of gathered(typeof text === 'string' ? [text] : text)) {
    const error = await new Promise<NodeJS.ErrnoException | null | undefined>((done) => stream.write(part, done));
    if (error?.code === 'EPIPE') return;
    if (error) throw outputFailed('cannot write to standard output', error);
  }
}

/** From this length on a part is written. */
const PART = 1 << 16;

function* gathered(pieces: Iterable<string>): Generator<string> {
  let part = '';
  for (const piece of pieces) {
    part += piece;
    if (part.length < PART) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}
