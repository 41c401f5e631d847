import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TarEntry, tarEntries } from '../archive/tar.ts';
import { ChunkReader } from '../chunk-reader.ts';
import { invalid } from './invalid.ts';

/** What all layers of an image may hold together. */
export class LayerBounds {
  #bytes: number;
  #entries: number;

  constructor(bytes = 32 * 2 ** 30, entries = 2_000_000) {
    this.#bytes = bytes;
    this.#entries = entries;
  }

  take(bytes: number, entries = 0): void {
    this.#bytes -= bytes;
    this.#entries -= entries;
    if (this.#bytes < 0 || this.#entries < 0) throw invalid('it is too large to unpack');
  }
}

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** As the kernel has it. */
const MOST_LINKS = 40;

/**
 * Applies one layer, a plain tar, to `root` (OCI image specification, layer.md): whiteouts, opaque folders, links. Every name is
 * taken as a process would see it whose root is `root`: neither `..` nor a link of an earlier layer leads out. Devices and pipes are
 * left out, and nobody but the owner can write to what comes of it; set-user-ID bits are dropped.
 *
 * @returns `sha256:…` of the tar: its `diff_id`
 */
export async function applyLayer(tar: AsyncIterable<Buffer>, root: string, bounds: LayerBounds): Promise<string> {
  const hash = createHash('sha256');
  const reader = new ChunkReader(hashed(tar, hash, bounds));
  const made = new Set<string>();
  for await (const entry of tarEntries(reader)) {
    bounds.take(0, 1);
    await apply(entry, root, made);
  }
  for await (const _ of reader.chunks());
  return `sha256:${hash.digest('hex')}`;
}

async function* hashed(tar: AsyncIterable<Buffer>, hash: ReturnType<typeof createHash>, bounds: LayerBounds) {
  for await (const chunk of tar) {
    bounds.take(chunk.length);
    hash.update(chunk);
    yield chunk;
  }
}

async function apply(entry: TarEntry, root: string, made: Set<string>): Promise<void> {
  const parts = partsOf(entry.name.toString('utf8'));
  const name = parts.pop();
  if (name === undefined) return;
  const folder = folderAt(root, parts, made);
  if (name === OPAQUE) return empty(folder, made);
  if (name.startsWith(WHITEOUT)) {
    const hidden = name.slice(WHITEOUT.length);
    if (hidden === '' || hidden === '.' || hidden === '..') throw invalid('a whiteout in it names nothing');
    return remove(join(folder, hidden));
  }
  const at = join(folder, name);
  await put(entry, root, at);
  made.add(at);
}

async function put({ type, link, mode, body }: TarEntry, root: string, at: string): Promise<void> {
  const permissions = mode & 0o755;
  if (type === '5') {
    if (kindOf(at) !== 'folder') {
      remove(at);
      mkdirSync(at);
    }
    chmodSync(at, permissions | 0o700);
  } else if (type === '0' || type === '\0' || type === '7') {
    remove(at);
    await write(at, body);
    chmodSync(at, permissions | 0o400);
  } else if (type === '2') {
    remove(at);
    symlinkSync(link.toString('utf8'), at);
  } else if (type === '1') {
    const parts = partsOf(link.toString('utf8'));
    const last = parts.pop() ?? '';
    const from = join(folderAt(root, parts), last);
    if (kindOf(from) !== 'file') throw invalid('a hard link in it leads to no file of it');
    if (from === at) return;
    remove(at);
    linkSync(from, at);
  } else if (!'346'.includes(type)) throw invalid('it holds a kind of file that is not known');
}

async function write(at: string, body: AsyncIterable<Buffer>): Promise<void> {
  const file = openSync(at, 'wx', 0o600);
  try {
    for await (const chunk of body) for (let done = 0; done < chunk.length; ) done += writeSync(file, chunk, done);
  } finally {
    closeSync(file);
  }
}

function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || name.includes('\0')) throw invalid('a name in it leads out of the image');
  return parts;
}

/** The folder of this name as the image sees it: links are followed within the root. Made where it is missing, if `made` is given. */
function folderAt(root: string, parts: readonly string[], made?: Set<string>): string {
  let at: string[] = [];
  const left = [...parts];
  for (let links = 0; left.length > 0; ) {
    const part = left.shift() as string;
    if (part === '..') {
      at.pop();
      continue;
    }
    const path = join(root, ...at, part);
    const kind = kindOf(path);
    if (kind === 'link') {
      links += 1;
      const target = readlinkSync(path);
      if (links > MOST_LINKS) throw invalid('links in it lead in a circle');
      if (target.startsWith('/')) at = [];
      left.unshift(...target.split('/').filter((one) => one !== '' && one !== '.'));
      continue;
    }
    if (kind !== 'folder') {
      if (made === undefined) throw invalid('a link in it leads to nothing');
      remove(path);
      mkdirSync(path, { mode: 0o755 });
    }
    made?.add(path);
    at.push(part);
  }
  return join(root, ...at);
}

/** Removes what earlier layers left in a folder; what this one brought stays, whichever came first. */
function empty(folder: string, made: ReadonlySet<string>): void {
  for (const name of readdirSync(folder)) {
    const at = join(folder, name);
    if (!made.has(at)) remove(at);
    else if (kindOf(at) === 'folder') empty(at, made);
  }
}

const remove = (at: string): void => rmSync(at, { recursive: true, force: true });

function kindOf(at: string): 'file' | 'folder' | 'link' | undefined {
  const found = lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  return found.isDirectory() ? 'folder' : 'file';
}
