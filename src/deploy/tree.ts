import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';

/** One file or link of a release. Folders are not listed: what is in them is. */
export interface TreeEntry {
  /** POSIX, relative. */
  readonly path: string;
  readonly kind: 'file' | 'program' | 'link';
  /** SHA-256 of the content, or of where the link leads. */
  readonly sha256: string;
}

const MAX_ENTRIES = 500_000;
const MAX_DEPTH = 200;
const PIECE = 1024 * 1024;

/**
 * Everything that a folder holds, in order of paths. Follows no link.
 *
 * @throws SluiceError `release-unreadable` for a device, a socket, a pipe, and for what is nested too deeply
 */
export function treeOf(folder: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const open: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth > MAX_DEPTH) throw unreadable(next.path, 'it is nested too deeply');
    for (const name of readdirSync(join(folder, next.path))) {
      const path = next.path === '' ? name : `${next.path}/${name}`;
      const stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
      if (stats === undefined) throw unreadable(path, 'it is gone, or its name is no UTF-8');
      if (stats.isDirectory()) open.push({ path, depth: next.depth + 1 });
      else entries.push(entryOf(folder, path, stats));
      if (entries.length > MAX_ENTRIES) throw unreadable(path, 'there are too many files');
    }
  }
  return entries.sort((a, b) => order(a.path, b.path));
}

function entryOf(folder: string, path: string, stats: ReturnType<typeof lstatSync>): TreeEntry {
  const file = join(folder, path);
  if (stats?.isSymbolicLink() === true) {
    return { path, kind: 'link', sha256: createHash('sha256').update(readlinkSync(file)).digest('hex') };
  }
  if (stats?.isFile() !== true) throw unreadable(path, 'it is a device, a socket or a pipe');
  const isProgram = (Number(stats.mode) & 0o100) !== 0;
  return { path, kind: isProgram ? 'program' : 'file', sha256: hashFile(file, path) };
}

function hashFile(file: string, path: string): string {
  // Between looking and opening somebody could have put a link or a pipe there.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(descriptor).isFile()) throw unreadable(path, 'it is no file any more');
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafe(PIECE);
    for (let read = readSync(descriptor, piece); read > 0; read = readSync(descriptor, piece))
      hash.update(piece.subarray(0, read));
    return hash.digest('hex');
  } finally {
    closeSync(descriptor);
  }
}

/** A list of files as it is kept beside a release: a line each, sorted; its SHA-256 names the content of the release. */
export const serializeTree = (entries: readonly TreeEntry[]): string =>
  entries.map(({ kind, sha256, path }) => `${kind} ${sha256} ${JSON.stringify(path)}\n`).join('');

export const digestOfTree = (entries: readonly TreeEntry[]): string =>
  createHash('sha256').update(serializeTree(entries)).digest('hex');

const LINE = /^(file|program|link) ([0-9a-f]{64}) (".*")$/;

/** `undefined` where the text is no such list. */
export function parseTree(text: string): TreeEntry[] | undefined {
  const entries: TreeEntry[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, sha256, quoted] = LINE.exec(line) ?? [];
    if (kind === undefined || sha256 === undefined || quoted === undefined) return undefined;
    try {
      entries.push({ kind: kind as TreeEntry['kind'], sha256, path: JSON.parse(quoted) as string });
    } catch {
      return undefined;
    }
  }
  return serializeTree(entries) === text ? entries : undefined;
}

/** What differs from what was released, by path. */
export interface TreeDifference {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

export function compareTrees(expected: readonly TreeEntry[], found: readonly TreeEntry[]): TreeDifference {
  const now = new Map(found.map((entry) => [entry.path, entry]));
  const then = new Set(expected.map(({ path }) => path));
  const differs = (entry: TreeEntry): boolean => {
    const other = now.get(entry.path);
    return other !== undefined && (other.kind !== entry.kind || other.sha256 !== entry.sha256);
  };
  return {
    changed: expected.filter(differs).map(({ path }) => path),
    missing: expected.filter(({ path }) => !now.has(path)).map(({ path }) => path),
    extra: found.filter(({ path }) => !then.has(path)).map(({ path }) => path),
  };
}

export const isSame = ({ changed, missing, extra }: TreeDifference): boolean =>
  changed.length + missing.length + extra.length === 0;

const unreadable = (path: string, why: string): SluiceError =>
  new SluiceError('release-unreadable', `${path} cannot be part of a release: ${why}`);
