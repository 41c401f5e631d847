import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Whose caches a run may read, in the order of preference, and where it writes: the first. */
export interface CacheScopes {
  readonly write: string;
  readonly read: readonly string[];
}

const entrySchema = z.strictObject({
  key: z.string(),
  version: z.string(),
  bytes: z.int().min(0),
  /** Milliseconds since 1970. */
  createdAt: z.int(),
});

export interface CacheEntry extends z.infer<typeof entrySchema> {
  readonly archive: string;
}

const MOST_BYTES = 10 * 2 ** 30;

/**
 * The scopes of a run. What an untrusted run writes lies where no trusted run looks: the trust is part of the name, and
 * the name is a hash, so that no ref can be chosen to hit it.
 */
export function cacheScopes(trusted: boolean, ref: string, readable: readonly string[]): CacheScopes {
  const trustedScopes = readable.map((each) => scopeOf('trusted', each));
  if (!trusted) {
    const own = scopeOf('untrusted', ref);
    return { write: own, read: [own, ...trustedScopes] };
  }
  const own = scopeOf('trusted', ref);
  return { write: own, read: [...new Set([own, ...trustedScopes])] };
}

const scopeOf = (trust: 'trusted' | 'untrusted', ref: string): string =>
  `${trust}-${hash(`${trust}\0${ref}`).slice(0, 40)}`;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Caches of all runs of a repository: immutable entries, found by key, by version and by the start of a key. */
export class CacheStore {
  readonly #folder: string;
  readonly #scopes: CacheScopes;

  constructor(folder: string, scopes: CacheScopes) {
    this.#folder = folder;
    this.#scopes = scopes;
  }

  /** The first key exactly, then the start of each key with the newest first; scope by scope. */
  find(keys: readonly string[], version: string): CacheEntry | undefined {
    for (const scope of this.#scopes.read) {
      const entries = this.#entries(scope).filter((entry) => entry.version === version);
      const exact = entries.find(({ key }) => key === keys[0]);
      const found = exact ?? byStart(entries, keys);
      if (found === undefined) continue;
      const now = new Date();
      utimesSync(found.archive, now, now);
      return found;
    }
    return undefined;
  }

  has(key: string, version: string): boolean {
    return existsSync(join(this.#place(key, version), 'entry.json'));
  }

  /** Takes a finished archive (moved, not copied). `false` where the key is taken: entries never change. */
  add(key: string, version: string, archive: string, bytes: number, createdAt: number): boolean {
    if (this.has(key, version)) return false;
    const place = this.#place(key, version);
    mkdirSync(place, { recursive: true });
    renameSync(archive, join(place, 'archive'));
    const description = join(place, 'entry.json');
    writeFileSync(`${description}.tmp`, `${JSON.stringify({ key, version, bytes, createdAt })}\n`);
    renameSync(`${description}.tmp`, description);
    this.#evict();
    return true;
  }

  #place(key: string, version: string): string {
    return join(this.#folder, this.#scopes.write, hash(`${key}\0${version}`));
  }

  #entries(scope: string): CacheEntry[] {
    return namesIn(join(this.#folder, scope))
      .map((name) => read(join(this.#folder, scope, name)))
      .filter((entry) => entry !== undefined);
  }

  /** Oldest first, until all scopes together are below the bound. */
  #evict(): void {
    const all = namesIn(this.#folder).flatMap((scope) => this.#entries(scope));
    let left = all.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { archive, bytes } of all.toSorted((a, b) => a.createdAt - b.createdAt)) {
      if (left <= MOST_BYTES) return;
      rmSync(join(archive, '..'), { recursive: true, force: true });
      left -= bytes;
    }
  }
}

function byStart(entries: readonly CacheEntry[], keys: readonly string[]): CacheEntry | undefined {
  for (const start of keys) {
    const found = newest(entries.filter(({ key }) => key.startsWith(start)));
    if (found !== undefined) return found;
  }
  return undefined;
}

const newest = (entries: readonly CacheEntry[]): CacheEntry | undefined =>
  entries.toSorted((a, b) => b.createdAt - a.createdAt)[0];

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function read(folder: string): CacheEntry | undefined {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(readFileSync(join(folder, 'entry.json'), 'utf8')));
    return parsed.success ? { ...parsed.data, archive: join(folder, 'archive') } : undefined;
  } catch {
    return undefined;
  }
}
