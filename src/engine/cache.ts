import { randomBytes } from 'node:crypto';
import { linkSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ArtifactRef } from '#core/artifact.ts';
import { writeAtomically } from './atomic-file.ts';
import { type CacheTable, decodeTable, emptyTable, encodeTable, type Said } from './cache-file.ts';
import type { CacheOptions } from './input.ts';
import type { Examined } from './protocol.ts';

const KEY_BYTES = 32;
const MOST_ENTRIES = 200_000;
const MOST_BYTES = 256 * 1024 * 1024;
const COUNTS = 3;

/** What the cache knows of a ref. */
export interface Known {
  readonly hash: string;
  /** The stamp is the same, so the answer holds without reading. */
  readonly holds: boolean;
  readonly examined: Examined;
}

/**
 * What earlier scans of one target found, by path. It is a memory, not a source of truth: whatever is missing, damaged,
 * foreign or out of date is examined again, and a cache that cannot be written costs time and nothing else.
 *
 * It holds what a report may hold (masks, frames, positions) and keyed hashes; no secret and no hash of one that could be
 * reversed without the key beside it.
 */
export class Cache {
  readonly key: Buffer;
  readonly #file: string;
  readonly #digest: string;
  readonly #old: CacheTable;
  readonly #next = emptyTable();
  /** Entries are usually asked for in the order they were written: then no index is needed. */
  #cursor = 0;
  #index: Map<string, number> | undefined;
  #changed = false;

  private constructor(key: Buffer, file: string, digest: string, old: CacheTable | undefined) {
    this.key = key;
    this.#file = file;
    this.#digest = digest;
    this.#old = old ?? emptyTable();
    this.#changed = old === undefined;
  }

  /** `undefined` where the folder cannot be used. */
  static open({ folder, name, digest }: CacheOptions): Cache | undefined {
    if (!/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(name)) throw new TypeError('not a name for a cache');
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const key = keyIn(folder);
      const file = join(folder, `${name}.cache`);
      return new Cache(key, file, digest, read(file, digest, key));
    } catch {
      return undefined;
    }
  }

  find(ref: ArtifactRef): Known | undefined {
    const at = isCacheable(ref) ? this.#position(ref.path) : undefined;
    if (at === undefined) return undefined;
    const stamp = this.#old.stamps[at] ?? '';
    const holds = stamp !== '' && stamp === ref.stamp;
    return { hash: this.#old.hashes[at] ?? '', holds, examined: this.#examined(at) };
  }

  /** Remembers an answer, unless it has a problem that may have been of that moment: then it is asked for again. */
  learn(ref: ArtifactRef, examined: Examined, known?: Known): void {
    if (!isCacheable(ref) || !isLasting(examined) || this.#next.paths.length >= MOST_ENTRIES) return;
    const hash = examined.hash ?? known?.hash ?? '';
    const stamp = examined.fresh === true ? '' : (ref.stamp ?? '');
    if (hash === '' && stamp === '') return;
    if (known?.holds !== true) this.#changed = true;
    this.#push(ref.path, stamp, hash, examined);
  }

  /** Writes what was learned. `complete`: all refs of the target were asked for, so all others are gone. */
  save(complete: boolean): void {
    if (!complete) this.#keepRest();
    if (!this.#changed && this.#next.paths.length === this.#old.paths.length) return;
    try {
      writeAtomically(this.#file, encodeTable(this.#next, this.#digest, this.key), { mode: 0o600 });
    } catch {
      // A full disk, or a folder that became read-only: the next scan takes longer.
    }
  }

  #keepRest(): void {
    const seen = new Set(this.#next.paths);
    const { paths, stamps, hashes } = this.#old;
    for (const [at, path] of paths.entries()) {
      if (!seen.has(path)) this.#push(path, stamps[at] ?? '', hashes[at] ?? '', this.#examined(at));
    }
  }

  #examined(at: number): Examined {
    const { counts, said } = this.#old;
    const number = (index: number): number => counts[at * COUNTS + index] ?? 0;
    const [drafts, problems] = said.get(at) ?? SILENCE;
    return { artifacts: number(0), bytes: number(1), binary: number(2), drafts, problems };
  }

  #push(path: string, stamp: string, hash: string, examined: Examined): void {
    const { paths, stamps, hashes, counts, said } = this.#next;
    const { drafts, problems } = examined;
    if (drafts.length + problems.length > 0) said.set(paths.length, [drafts, problems]);
    paths.push(path);
    stamps.push(stamp);
    hashes.push(hash);
    counts.push(examined.artifacts, examined.bytes, examined.binary);
  }

  #position(path: string): number | undefined {
    const { paths } = this.#old;
    if (paths[this.#cursor] === path) return this.#cursor++;
    this.#index ??= new Map(paths.map((each, index) => [each, index]));
    const found = this.#index.get(path);
    if (found !== undefined) this.#cursor = found + 1;
    return found;
  }
}

/** Only whole files: commits are too many to remember each, and of a change other lines are new each time. */
const isCacheable = ({ origin, path, added }: ArtifactRef): boolean =>
  origin.kind === 'file' && added === undefined && !path.includes('\0');

const SILENCE: Said = [[], []];

/** Problems that the content alone decides. All others, those of words not known here among them, may go away. */
const LASTING: ReadonlySet<string> = new Set([
  'archive-corrupt',
  'archive-encrypted',
  'archive-too-deep',
  'archive-too-large',
  'archive-unsupported',
  'file-too-large',
  'suppression-malformed',
  'too-many-hits',
  'too-many-problems',
]);

const isLasting = ({ problems }: Examined): boolean => problems.every(({ code }) => LASTING.has(code));

function read(file: string, digest: string, key: Uint8Array): CacheTable | undefined {
  try {
    const { size } = regular(file);
    return size > MOST_BYTES ? undefined : decodeTable(readFileSync(file), digest, key);
  } catch {
    return undefined;
  }
}

/** The folder's key, made on first use. Of several scans that make one at once, the first to link its own wins. */
function keyIn(folder: string): Buffer {
  const file = join(folder, 'key');
  const existing = readKey(file);
  if (existing !== undefined) return existing;
  const mine = join(folder, `key.${randomBytes(6).toString('hex')}`);
  writeAtomically(mine, randomBytes(KEY_BYTES), { mode: 0o600 });
  try {
    linkSync(mine, file);
  } catch {
    // Somebody else was first, or what lies there is no key of ours.
  } finally {
    rmSync(mine, { force: true });
  }
  const key = readKey(file);
  if (key === undefined) throw new Error('no key');
  return key;
}

function readKey(file: string): Buffer | undefined {
  try {
    const { size } = regular(file);
    return size === KEY_BYTES ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

/** A FIFO or a device would block for ever, a link lead elsewhere. */
function regular(file: string): { readonly size: number } {
  const stats = lstatSync(file);
  if (!stats.isFile()) throw new TypeError('no regular file');
  return stats;
}
