import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The repository that a folder lies in, by `.git` or `.sluice`; the folder itself where there is none above it. */
export function repositoryOf(folder: string): string {
  const start = resolve(folder);
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, '.git')) || existsSync(join(at, '.sluice'))) return at;
    if (dirname(at) === at) return start;
  }
}
