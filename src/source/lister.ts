import { lstatSync, type Stats } from 'node:fs';
import type { ArtifactRef } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import type { Exclusion } from './ignore-rules.ts';
import { displayName } from './name.ts';
import type { Tally } from './source.ts';

/** A path relative to a root: bytes only where it is not UTF-8. */
export type Name = string | Buffer;

const SLASH = 0x2f;
const FILE = { kind: 'file' } as const;

/** The address of a name below a root. */
export function addressOf(root: string, name: Name): Name {
  const start = root.endsWith('/') ? root : `${root}/`;
  return typeof name === 'string' ? start + name : Buffer.concat([Buffer.from(start), name]);
}

export const shown = (name: Name): string => (typeof name === 'string' ? name : displayName(name));

/** Why a file system call failed, in words without the path (a Problem has a field for it). */
function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  const reasons: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOENT: 'it no longer exists',
    ELOOP: 'it has become a symbolic link',
    EMFILE: 'too many open files',
    ENFILE: 'too many open files',
    ENAMETOOLONG: 'the name is too long',
    EIO: 'the device reports an error',
  };
  return reasons[code] ?? code;
}

export const unreadable = (path: string, error: unknown): Problem => ({
  code: 'file-unreadable',
  message: `Cannot be read: ${reasonOf(error)}.`,
  path,
});

export const unopened = (path: string, stats: Pick<Stats, 'isFIFO' | 'isSocket'>): Problem => ({
  code: 'file-special',
  message: `Not opened, because it is a ${stats.isFIFO() ? 'FIFO' : stats.isSocket() ? 'socket' : 'device'}.`,
  path,
});

/**
 * Looks at paths below one root and makes references of the regular files among them. A path is never followed through
 * a symbolic link: one from git's index can lead through what has become one since, out of the target.
 */
export class Lister {
  readonly #root: string;
  readonly #prefix: string;
  readonly #exclusion: Exclusion;
  readonly #tally: Tally;
  readonly #real = new Map<string, boolean>([['', true]]);
  #folder = '';
  #folderReal = true;

  /** `prefix` stands before the path of each artifact: the root's own path relative to the target, with its slash. */
  constructor(root: string, prefix: string, exclusion: Exclusion, tally: Tally) {
    this.#root = root;
    this.#prefix = prefix;
    this.#exclusion = exclusion;
    this.#tally = tally;
  }

  /** A reference, or the name itself where it is a folder (which only a submodule is, in a list of files). */
  look(name: Name): ArtifactRef | 'folder' | undefined {
    const path = this.#prefix + shown(name);
    if (!this.#exclusion.isEmpty && this.#exclusion.excludes(path)) {
      this.#tally.counts.excluded += 1;
      return undefined;
    }
    if (!this.#isReached(name)) {
      this.#tally.counts.symlinks += 1;
      return undefined;
    }
    const file = addressOf(this.#root, name);
    const stats = this.#stats(file, path);
    if (stats === undefined) return undefined;
    if (stats.isFile())
      return { path, size: stats.size, origin: FILE, content: { kind: 'file', file }, stamp: stampOf(stats) };
    if (stats.isDirectory()) return 'folder';
    if (stats.isSymbolicLink()) this.#tally.counts.symlinks += 1;
    else this.#tally.problems.push(unopened(path, stats));
    return undefined;
  }

  #stats(file: Name, path: string): Stats | undefined {
    try {
      // A file that git tracks and nobody has any more is not part of the work tree.
      return lstatSync(file, { throwIfNoEntry: false });
    } catch (error) {
      this.#tally.problems.push(unreadable(path, error));
      return undefined;
    }
  }

  #isReached(name: Name): boolean {
    if (typeof name !== 'string') return this.#isReachedRaw(name);
    const folder = parentOf(name);
    // Lists come in order, so most paths are in the folder of the one before.
    if (folder !== this.#folder) {
      this.#folder = folder;
      this.#folderReal = this.#isReal(folder);
    }
    return this.#folderReal;
  }

  #isReal(folder: string): boolean {
    let real = this.#real.get(folder);
    if (real === undefined) {
      real = this.#isReal(parentOf(folder)) && isNoLink(addressOf(this.#root, folder));
      this.#real.set(folder, real);
    }
    return real;
  }

  #isReachedRaw(name: Buffer): boolean {
    for (let at = name.indexOf(SLASH); at !== -1; at = name.indexOf(SLASH, at + 1)) {
      if (!isNoLink(addressOf(this.#root, name.subarray(0, at)))) return false;
    }
    return true;
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

function isNoLink(folder: Name): boolean {
  try {
    return lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() !== true;
  } catch {
    // Looking at what is in it will say why.
    return true;
  }
}

/** Changes with every ordinary way to change a file. Times in milliseconds are doubles here: exact to a microsecond. */
const stampOf = (stats: Stats): string => `${stats.size}-${stats.mtimeMs}-${stats.ctimeMs}-${stats.ino}`;
