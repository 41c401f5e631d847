import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { join, sep } from 'node:path';
import { SluiceError } from '#core/error.ts';

/*
 * Reading on the host what a job wrote. Any name in a workspace may be a link to a file of the host, and a program that a
 * step left running may swap a folder for a link at any moment. So a file is opened first and asked afterwards where it
 * really lies: what was opened cannot be swapped any more.
 */

export interface OpenedFile {
  readonly descriptor: number;
  readonly stats: Stats;
}

/**
 * Opens a regular file below `root` for reading. `undefined` where there is none, or where it lies elsewhere. The caller
 * closes the descriptor.
 */
export function openInside(root: string, path: string): OpenedFile | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(join(root, path), constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  const stats = fstatSync(descriptor);
  if (stats.isFile() && isBelow(realpathSync(root), placeOf(descriptor, join(root, path))))
    return { descriptor, stats };
  closeSync(descriptor);
  return undefined;
}

/** The text of a small file below `root`; `undefined` as above, and where it is too large. */
export function readInside(root: string, path: string, mostBytes: number): Buffer | undefined {
  const opened = openInside(root, path);
  if (opened === undefined) return undefined;
  try {
    return opened.stats.size > mostBytes ? undefined : readFileSync(opened.descriptor);
  } finally {
    closeSync(opened.descriptor);
  }
}

/** Linux tells where an open file lies; elsewhere there is no sandbox to get out of. */
function placeOf(descriptor: number, file: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return realpathSync(file);
  }
}

const isBelow = (root: string, file: string): boolean => file.startsWith(root.endsWith(sep) ? root : root + sep);

export interface WalkedFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
}

/** More than any workspace has; a job could make a folder that never ends. */
const MOST_FILES = 1_000_000;

/**
 * Everything below a folder, folders before what is in them, in code unit order. Links are named and not followed.
 *
 * @throws SluiceError `too-many-files`
 */
export function* walk(root: string, enter: (path: string) => boolean): Generator<WalkedFile> {
  const stack: string[] = [''];
  let count = 0;
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    const folders: string[] = [];
    for (const entry of entriesOf(join(root, folder))) {
      count += 1;
      if (count > MOST_FILES) throw new SluiceError('too-many-files', `there are more than ${MOST_FILES} files`);
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isSymbolicLink()) yield { path, kind: 'link' };
      else if (entry.isFile()) yield { path, kind: 'file' };
      else if (entry.isDirectory()) {
        yield { path, kind: 'folder' };
        if (enter(path)) folders.push(path);
      }
    }
    stack.push(...folders.toReversed());
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
