import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import type { ArtifactRef } from '#core/artifact.ts';
import { order } from '#core/order.ts';
import { byteString, type Exclusion, IgnoreRules } from './ignore-rules.ts';
import { addressOf, type Lister, type Name, shown, unreadable } from './lister.ts';
import type { Tally } from './source.ts';

/** What version control keeps for itself is not part of the target. */
const REPOSITORIES = new Set(['.git', '.hg', '.svn', '.jj']);
const IGNORE_FILE = '.gitignore';
const MAX_IGNORE_FILE = 1024 * 1024;
/** Deeper is no tree that somebody made on purpose, and names would outgrow what systems take. */
const MAX_DEPTH = 512;

/** The rules of one folder's `.gitignore`; `base` is the length of that folder's path with its slash. */
interface Scope {
  readonly base: number;
  readonly rules: IgnoreRules;
}

interface Folder {
  readonly name: Name;
  readonly depth: number;
  readonly scopes: readonly Scope[];
}

/** Walks a folder without git, as git would: nested `.gitignore` files count, links are not followed. In name order. */
export class Walk {
  readonly #root: string;
  readonly #lister: Lister;
  readonly #exclusion: Exclusion;
  readonly #tally: Tally;
  readonly #prefix: string;

  constructor(root: string, prefix: string, lister: Lister, exclusion: Exclusion, tally: Tally) {
    this.#root = root;
    this.#prefix = prefix;
    this.#lister = lister;
    this.#exclusion = exclusion;
    this.#tally = tally;
  }

  *files(): Generator<ArtifactRef> {
    const folders: Folder[] = [{ name: '', depth: 0, scopes: [] }];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const below: Folder[] = [];
      for (const ref of this.#files(folder, below)) yield ref;
      folders.push(...below.reverse());
    }
  }

  #files(folder: Folder, below: Folder[]): ArtifactRef[] {
    const entries = this.#entries(folder);
    const scopes = this.#scopes(folder, entries);
    const refs: ArtifactRef[] = [];
    for (const entry of entries) {
      const name = joined(folder.name, entry.name);
      const isFolder = entry.isDirectory();
      if (isFolder && typeof entry.name === 'string' && REPOSITORIES.has(entry.name)) {
        // A repository's own is no part of what is scanned; one anywhere else may be no repository at all.
        if (folder.depth > 0 || entry.name !== '.git') this.#tally.counts.excluded += 1;
        continue;
      }
      if (ignored(scopes, name, isFolder) || (isFolder && this.#exclusion.excludesFolder(this.#prefix + shown(name)))) {
        this.#tally.counts.excluded += 1;
      } else if (isFolder) below.push({ name, depth: folder.depth + 1, scopes });
      else {
        const ref = this.#lister.look(name);
        if (ref !== undefined && ref !== 'folder') refs.push(ref);
      }
    }
    return refs;
  }

  #entries(folder: Folder): Entry[] {
    const path = this.#prefix + shown(folder.name);
    if (folder.depth > MAX_DEPTH) {
      const message = `Not entered, because it is more than ${MAX_DEPTH} folders deep.`;
      this.#tally.problems.push({ code: 'folder-too-deep', message, path });
      return [];
    }
    try {
      const address = folder.name.length === 0 ? this.#root : addressOf(this.#root, folder.name);
      return entriesOf(address);
    } catch (error) {
      this.#tally.problems.push(unreadable(path === '' ? '.' : path, error));
      return [];
    }
  }

  #scopes(folder: Folder, entries: readonly Entry[]): readonly Scope[] {
    // By type too: git does not read a `.gitignore` that is a link, and opening a FIFO would never end.
    if (!entries.some((entry) => entry.name === IGNORE_FILE && entry.isFile())) return folder.scopes;
    const name = joined(folder.name, IGNORE_FILE);
    try {
      const rules = new IgnoreRules(readIgnoreFile(addressOf(this.#root, name)));
      return rules.isEmpty
        ? folder.scopes
        : [...folder.scopes, { base: bytesOf(name).length - IGNORE_FILE.length, rules }];
    } catch {
      // Read as an artifact it becomes a Problem; as rules it hides nothing.
      return folder.scopes;
    }
  }
}

function ignored(scopes: readonly Scope[], name: Name, isFolder: boolean): boolean {
  if (scopes.length === 0) return false;
  const bytes = bytesOf(name);
  for (let at = scopes.length - 1; at >= 0; at -= 1) {
    const { base, rules } = scopes[at] as Scope;
    const answer = rules.says(bytes.slice(base), isFolder);
    if (answer !== undefined) return answer;
  }
  return false;
}

const bytesOf = (name: Name): string => (typeof name === 'string' ? byteString(name) : name.toString('latin1'));

/** What stands in a folder: its name is bytes only where it is not UTF-8. */
interface Entry {
  readonly name: Name;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** Characters that stand for bytes that are not UTF-8, or whose order differs between UTF-16 and bytes. */
const ODD = /[\ud800-\uffff]/;

/** Sorted by the bytes of their names. Names are read as text, and as bytes only in folders where that may say too little. */
function entriesOf(address: Name): Entry[] {
  const entries = readdirSync(address, { withFileTypes: true });
  if (!entries.some(({ name }) => ODD.test(name))) return entries.sort((a, b) => order(a.name, b.name));
  return readdirSync(address, { withFileTypes: true, encoding: 'buffer' })
    .sort((a, b) => Buffer.compare(a.name, b.name))
    .map((entry) => ({
      name: isUtf8(entry.name) ? entry.name.toString('utf8') : entry.name,
      isDirectory: () => entry.isDirectory(),
      isFile: () => entry.isFile(),
    }));
}

function joined(folder: Name, name: Name): Name {
  if (folder.length === 0) return name;
  if (typeof folder === 'string' && typeof name === 'string') return `${folder}/${name}`;
  return Buffer.concat([folder, '/', name].map((part) => Buffer.from(part)));
}

function readIgnoreFile(file: Name): string {
  const handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile() || stats.size > MAX_IGNORE_FILE) return '';
    const bytes = Buffer.alloc(stats.size);
    return bytes.toString('latin1', 0, readSync(handle, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(handle);
  }
}
