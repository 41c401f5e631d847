import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { ReleaseWriter, unsafe } from './writer.ts';

const PIECE = 1024 * 1024;
const MAX_DEPTH = 200;

/** Copies a folder into one that is there and empty, by the rules of {@link ReleaseWriter}. */
export async function copyFolder(from: string, to: string): Promise<void> {
  const writer = new ReleaseWriter(to);
  await copyInto(writer, from, '', 0);
  writer.finish();
}

/** Copies one file into a folder that is there and empty, under a name of its own. */
export async function copyFile(from: string, folder: string, name: string): Promise<void> {
  const isProgram = (lstatSync(from).mode & 0o100) !== 0;
  await new ReleaseWriter(folder).addFile(name, isProgram, pieces(from, name));
}

async function copyInto(writer: ReleaseWriter, folder: string, at: string, depth: number): Promise<void> {
  if (depth > MAX_DEPTH) throw unsafe(at, 'it is nested too deeply');
  for (const name of readdirSync(join(folder, at)).sort()) {
    const path = at === '' ? name : `${at}/${name}`;
    if (name.includes('\ufffd')) throw unsafe(path, 'its name is no UTF-8');
    const stats = lstatSync(join(folder, path));
    if (stats.isDirectory()) {
      writer.addFolder(path);
      await copyInto(writer, folder, path, depth + 1);
    } else if (stats.isSymbolicLink()) writer.addLink(path, readlinkSync(join(folder, path)));
    else if (stats.isFile()) await writer.addFile(path, (stats.mode & 0o100) !== 0, pieces(join(folder, path), path));
    else throw unsafe(path, 'it is a device, a socket or a pipe');
  }
}

function* pieces(file: string, path: string): Generator<Buffer> {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw unsafe(path, 'it is no file any more');
    const piece = Buffer.allocUnsafe(PIECE);
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
      yield piece.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
}
