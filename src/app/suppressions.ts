import { resolve } from 'node:path';
import type { Problem } from '#core/problem.ts';
import { type IgnoreFile, parseIgnoreFile } from '#engine/ignore-file.ts';
import { type Configuration, pathInside } from './configuration.ts';
import { discovered } from './discovered.ts';
import { readUserFile } from './user-file.ts';

/**
 * The files of ignored fingerprints that the configuration names and that are there. Without a configuration file they
 * are looked for in the target's folder, where gitleaks looks for them.
 */
export function loadIgnoreFiles(
  configuration: Configuration,
  folder: string,
): { readonly files: readonly IgnoreFile[]; readonly problems: readonly Problem[] } {
  const files: IgnoreFile[] = [];
  const problems: Problem[] = [];
  for (const [index, name] of configuration.config.suppressions.ignoreFiles.entries()) {
    const at = configuration.position(['suppressions', 'ignoreFiles', index]);
    const named = configuration.file === undefined ? resolve(folder, name) : pathInside(configuration, name, at);
    const path = discovered(named, '`suppressions.ignoreFiles` of a --config file');
    if (path === undefined) continue;
    const parsed = parseIgnoreFile(readUserFile(path, 'ignore-file-not-found'), name);
    files.push(parsed.file);
    problems.push(...parsed.problems);
  }
  return { files, problems };
}
