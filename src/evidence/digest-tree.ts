import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { SluiceError } from '#core/error.ts';
import { piecesOf } from './file-bytes.ts';

const MOST_DEPTH = 200;
const SLASH = Buffer.from('/');

/**
 * The digest of a folder: the id of the tree that git writes for it in a repository with SHA-256 objects, hexadecimal.
 * Everybody can check it without us: `git init --object-format=sha256 && git add -Af . && git write-tree`.
 *
 * It covers names, contents, symbolic links (not what they lead to) and whether the owner may execute a file; not times,
 * owners, other permissions or folders that hold nothing, which git does not know. Nothing is left out, unlike with git
 * also not `.git` or what an ignore file names.
 *
 * @throws SluiceError `artifact-unreadable` also for a device, a socket or a pipe, which have no content to name
 */
export const treeDigest = (folder: string): string => (hashTree(Buffer.from(folder), 0) ?? emptyTree()).toString('hex');

const emptyTree = (): Buffer => objectId('tree', Buffer.alloc(0));

const objectId = (kind: string, content: Uint8Array): Buffer =>
  createHash('sha256').update(`${kind} ${content.length}\0`).update(content).digest();

interface TreeEntry {
  readonly name: Buffer;
  readonly mode: '40000' | '100644' | '100755' | '120000';
  readonly id: Buffer;
}

/** @returns `undefined` for a folder that git would not know of */
function hashTree(folder: Buffer, depth: number): Buffer | undefined {
  if (depth > MOST_DEPTH) throw unreadable(folder, 'it is nested too deep');
  const entries: TreeEntry[] = [];
  for (const name of namesIn(folder)) {
    const entry = entryOf(Buffer.concat([folder, SLASH, name]), name, depth);
    if (entry !== undefined) entries.push(entry);
  }
  if (entries.length === 0) return undefined;
  const sorted = entries.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  return objectId(
    'tree',
    Buffer.concat(sorted.flatMap(({ mode, name, id }) => [Buffer.from(`${mode} `), name, Buffer.from([0]), id])),
  );
}

/** Git sorts a folder as if its name ended in a slash. */
const sortKey = ({ mode, name }: TreeEntry): Buffer => (mode === '40000' ? Buffer.concat([name, SLASH]) : name);

function namesIn(folder: Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' });
  } catch (cause) {
    throw unreadable(folder, (cause as NodeJS.ErrnoException).code ?? 'unknown', cause);
  }
}

function entryOf(path: Buffer, name: Buffer, depth: number): TreeEntry | undefined {
  const stats = lstatSync(path);
  if (stats.isDirectory()) {
    const id = hashTree(path, depth + 1);
    return id === undefined ? undefined : { name, mode: '40000', id };
  }
  if (stats.isSymbolicLink()) {
    return { name, mode: '120000', id: objectId('blob', readlinkSync(path, { encoding: 'buffer' })) };
  }
  if (!stats.isFile()) throw unreadable(path, 'it is a device, a socket or a pipe');
  return { name, mode: (stats.mode & 0o100) === 0 ? '100644' : '100755', id: blobId(path, stats) };
}

function blobId(path: Buffer, { size }: Stats): Buffer {
  const hash = createHash('sha256').update(`blob ${size}\0`);
  let seen = 0;
  for (const piece of piecesOf(path, false)) {
    hash.update(piece);
    seen += piece.length;
  }
  if (seen !== size) throw new SluiceError('artifact-changed', `${path.toString()} changed while it was read`);
  return hash.digest();
}

const unreadable = (path: Buffer, why: string, cause?: unknown): SluiceError =>
  new SluiceError('artifact-unreadable', `${path.toString()} cannot be read: ${why}`, { cause });
