import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A folder of the host and where the job sees it. */
export interface Watched {
  readonly from: string;
  readonly to: string;
}

/** What is compared, by the path that the job sees. */
type Snapshot = ReadonlyMap<string, string>;

/** More files than this are not looked at; larger homes would make every step slow. */
const MOST_FILES = 20_000;

/**
 * Notices which files changed in folders that a job can write to, by looking before and after. What is made and removed
 * between two looks is not seen, nor what only failed.
 */
export class Changes {
  readonly #watched: readonly Watched[];
  #before: Snapshot;
  /** Whether there were too many files to look at all of them. */
  incomplete = false;

  constructor(watched: readonly Watched[]) {
    this.#watched = watched;
    this.#before = this.#look();
  }

  /** Paths that changed since the last look, in order. */
  since(): string[] {
    const now = this.#look();
    const before = this.#before;
    this.#before = now;
    const changed = [...now].filter(([at, state]) => before.get(at) !== state).map(([at]) => at);
    const gone = [...before.keys()].filter((at) => !now.has(at));
    return [...changed, ...gone].toSorted();
  }

  #look(): Snapshot {
    const found = new Map<string, string>();
    const folders = [...this.#watched];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of list(folder.from)) {
        const [from, to] = [path.join(folder.from, entry.name), path.join(folder.to, entry.name)];
        if (entry.isDirectory()) folders.push({ from, to });
        else found.set(to, stateOf(from));
        if (found.size < MOST_FILES) continue;
        this.incomplete = true;
        return found;
      }
    }
    return found;
  }
}

const list = (folder: string): ReturnType<typeof entries> => {
  try {
    return entries(folder);
  } catch {
    return [];
  }
};

const entries = (folder: string) => readdirSync(folder, { withFileTypes: true });

function stateOf(file: string): string {
  const stats: BigIntStats | undefined = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.mode}`;
}
