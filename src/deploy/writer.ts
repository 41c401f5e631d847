import { chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { SluiceError } from '#core/error.ts';

const MAX_ENTRIES = 500_000;
const MAX_BYTES = 16 * 2 ** 30;
const MAX_PATH = 4_096;

/**
 * Writes the files of an artifact into a new folder, and nothing outside it. An artifact is not trusted with names: a path
 * that leaves the folder, a link that leads out of it, a file behind a link, the same path twice and everything that is no
 * file, folder or link are refused. Owners, setuid bits and other permissions do not come along.
 */
export class ReleaseWriter {
  readonly #folder: string;
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>(['.']);
  readonly #links = new Map<string, string>();
  #bytes = 0;

  /** @param folder exists and is empty */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws SluiceError `artifact-unsafe` */
  addFolder(name: string): void {
    this.#makeFolder(safePath(name));
  }

  /** @throws SluiceError `artifact-unsafe` */
  async addFile(name: string, isProgram: boolean, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    const path = this.#take(name);
    this.#files.add(path);
    const file = join(this.#folder, path);
    const descriptor = openSync(
      file,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
      0o600,
    );
    try {
      for await (const piece of content) {
        this.#bytes += piece.length;
        if (this.#bytes > MAX_BYTES) throw unsafe(name, 'the artifact is too large');
        for (let at = 0; at < piece.length; ) at += writeSync(descriptor, piece, at);
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(file, isProgram ? 0o755 : 0o644);
  }

  /** Links are made at the end, so that nothing is ever written through one. */
  addLink(name: string, to: string): void {
    const path = this.#take(name);
    const target = posix.normalize(posix.join(posix.dirname(path), to));
    const leaves =
      posix.isAbsolute(to) || target === '..' || target.startsWith('../') || to.includes('\0') || to === '';
    if (leaves || to.length > MAX_PATH) throw unsafe(name, 'it is a link that leads out of the artifact');
    this.#links.set(path, to);
  }

  /** Makes the links. A link through another could lead out after all, so each part of its way must be no link. */
  finish(): void {
    for (const [path, to] of this.#links) {
      const target = posix.normalize(posix.join(posix.dirname(path), to));
      for (let part = posix.dirname(target); part !== '.' && part !== '/'; part = posix.dirname(part)) {
        if (this.#links.has(part)) throw unsafe(path, 'it is a link through a link');
      }
      symlinkSync(to, join(this.#folder, path));
    }
  }

  #take(name: string): string {
    const path = safePath(name);
    const isTaken = this.#files.has(path) || this.#links.has(path) || this.#folders.has(path);
    if (isTaken) throw unsafe(name, 'it is there twice');
    if (this.#files.size + this.#links.size + this.#folders.size >= MAX_ENTRIES)
      throw unsafe(name, 'there are too many files');
    this.#makeFolder(dirname(path));
    return path;
  }

  #makeFolder(path: string): void {
    if (this.#folders.has(path)) return;
    if (this.#files.has(path) || this.#links.has(path)) throw unsafe(path, 'it is there twice');
    this.#makeFolder(dirname(path));
    mkdirSync(join(this.#folder, path), { mode: 0o755 });
    this.#folders.add(path);
  }
}

function safePath(name: string): string {
  const isPlain = name !== '' && name.length <= MAX_PATH && !name.startsWith('/') && !/[\0\\]/.test(name);
  if (name.includes('\ufffd')) throw unsafe(name, 'its name is no UTF-8');
  if (!isPlain || name.split('/').includes('..')) throw unsafe(name, 'its name leads out of the artifact');
  return posix.normalize(name).replace(/\/$/, '');
}

export const unsafe = (name: string, why: string): SluiceError =>
  new SluiceError('artifact-unsafe', `${JSON.stringify(name.slice(0, 200))} in the artifact is refused: ${why}`);
