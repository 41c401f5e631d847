import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Git } from '#core/ports.ts';

/**
 * What the work tree holds beside its commit, as it was when the run began: every job gets the same source, whatever is
 * typed meanwhile, and what is said about it is said about these bytes.
 */
export interface Changes {
  /** Sorted, with `/`. */
  readonly paths: readonly string[];
  /** The copies, each at its path; a path without one was deleted. */
  readonly folder: string;
  /** SHA-256 over the commit and every change: the name of this source, since its commit is not. */
  readonly sha256: string;
}

/** Copies what is changed, new or deleted in a work tree, as git sees it; `undefined` where nothing is. */
export async function takeChanges(
  git: Git,
  repository: string,
  commit: string,
  folder: string,
): Promise<Changes | undefined> {
  const paths = await changedPaths(git, repository);
  if (paths.length === 0) return undefined;
  const hash = createHash('sha256').update(`${commit}\0`);
  for (const path of paths) hash.update(`${copy(join(repository, path), join(folder, path))} ${path}\0`);
  return { paths, folder, sha256: hash.digest('hex') };
}

/** Lays the changes over their commit. */
export function applyChanges({ paths, folder }: Changes, target: string): void {
  for (const path of paths) copy(join(folder, path), join(target, path));
}

async function changedPaths(git: Git, cwd: string): Promise<readonly string[]> {
  const list = async (...args: string[]): Promise<string[]> =>
    (await git.run(args, { cwd })).toString('utf8').split('\0').filter(Boolean);
  const staged = await list('diff', '--name-only', '-z', '--no-renames', '--cached', 'HEAD');
  const others = await list('ls-files', '-z', '--exclude-standard', '--modified', '--deleted', '--others');
  return [...new Set([...staged, ...others])].toSorted();
}

/** A file or a link replaces what is there; nothing else is copied. Answers what it was: mode and digest. */
function copy(from: string, to: string): string {
  const stats = lstatSync(from, { throwIfNoEntry: false });
  rmSync(to, { recursive: true, force: true });
  if (stats === undefined || !(stats.isFile() || stats.isSymbolicLink())) return 'deleted';
  mkdirSync(dirname(to), { recursive: true });
  if (stats.isSymbolicLink()) {
    const target = readlinkSync(from);
    symlinkSync(target, to);
    return `link ${sha256(target)}`;
  }
  const content = readFileSync(from);
  const mode = stats.mode & 0o111 ? 0o755 : 0o644;
  writeFileSync(to, content, { mode });
  return `${mode.toString(8)} ${sha256(content)}`;
}

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
