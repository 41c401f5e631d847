import type { Baseline } from './baseline.ts';
import type { Group } from './group.ts';
import type { ScanInput } from './input.ts';

/**
 * What a baseline knows. A fingerprint is enough, but for a weak one in a scan of a change: there the finding that the entry
 * was written for need not be in view, and whoever made the change could try passwords until one of them has its
 * fingerprint. So every place that the change brought must be in a file of the entry, under its name or the one before.
 */
export class KnownFindings {
  readonly #paths = new Map<string, Set<string>>();
  readonly #change: ScanInput['change'];

  constructor(baseline: Baseline | undefined, change: ScanInput['change']) {
    this.#change = change;
    for (const { fingerprint, path, alsoIn = [] } of baseline?.entries ?? []) {
      const paths = this.#paths.get(fingerprint) ?? new Set();
      this.#paths.set(fingerprint, paths);
      for (const each of [path, ...alsoIn]) paths.add(each);
    }
  }

  get fingerprints(): ReadonlySetLike<string> {
    return this.#paths;
  }

  knows(fingerprint: string, { weak, places }: Pick<Group, 'weak' | 'places'>): boolean {
    const paths = this.#paths.get(fingerprint);
    if (paths === undefined) return false;
    const change = this.#change;
    if (!weak || change === undefined) return true;
    return places.every(({ added, suppression, location: { path } }) => {
      if (!added || suppression !== undefined) return true;
      return paths.has(path) || paths.has(change.formerPaths.get(path) ?? path);
    });
  }
}
