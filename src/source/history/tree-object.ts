import type { ObjectStore } from './object-store.ts';
import { TREE } from './pack.ts';

/** One entry of a tree object: its mode as git writes it (`100644`, `40000`, …), name (a byte a character) and id. */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: string;
}

const isFolder = (entry: TreeEntry): boolean => entry.mode === '40000';

/** The entries of a tree by name; `undefined` if it is missing or damaged. Format: gitformat-tree. */
export function readTree(store: ObjectStore, id: string): ReadonlyMap<string, TreeEntry> | undefined {
  const object = store.read(id);
  if (object === undefined || object.type !== TREE) return undefined;
  const { content } = object;
  const entries = new Map<string, TreeEntry>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(32, at);
    const end = content.indexOf(0, space);
    const next = end + 1 + store.idLength;
    if (space === -1 || end === -1 || next > content.length) return undefined;
    const name = content.toString('latin1', space + 1, end);
    entries.set(name, {
      mode: content.toString('latin1', at, space),
      name,
      id: content.toString('hex', end + 1, next),
    });
    at = next;
  }
  return entries;
}

/**
 * Whether a path of the old tree is gone from the new one, or is another kind of thing there: only then can git take a
 * new path for a renamed one. `undefined` if a tree cannot be read.
 */
export function hasDeletions(store: ObjectStore, before: string, after: string, depth = 0): boolean | undefined {
  if (before === after) return false;
  const old = readTree(store, before);
  const now = readTree(store, after);
  if (old === undefined || now === undefined || depth > 2048) return undefined;
  for (const [name, entry] of old) {
    const other = now.get(name);
    if (other === undefined || kind(other.mode) !== kind(entry.mode)) return true;
    if (!isFolder(entry) || entry.id === other.id) continue;
    const inside = hasDeletions(store, entry.id, other.id, depth + 1);
    if (inside !== false) return inside;
  }
  return false;
}

/** Plain and executable files are the same kind. */
const kind = (mode: string): string => (mode.startsWith('100') ? '100' : mode);
