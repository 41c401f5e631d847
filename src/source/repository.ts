import { lstatSync } from 'node:fs';
import path from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { GitOptions } from '#core/ports.ts';
import type { SourceOptions, Tally } from './source.ts';

/** What git says of a folder; `none` where its files are to be found without git. */
export type RepositoryKind = 'work-tree' | 'bare' | 'none';

/**
 * Whether git can list a folder. A repository that git cannot read, or that is there without git, is a Problem: files
 * that git tracks although it is told to ignore them would be missed.
 */
export async function repositoryAt(root: string, options: SourceOptions, tally: Tally): Promise<RepositoryKind> {
  // The usual case needs no process: what is wrong with the repository its list of files will say.
  if (exists(path.join(root, '.git'))) return 'work-tree';
  if (!mayBeInRepository(root)) return 'none';
  const { git, signal } = options;
  const run = { cwd: root, ...(signal === undefined ? {} : { signal }) };
  try {
    const answer = await git.run(['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-prefix'], run);
    const [bare, inside, prefix] = answer.toString('utf8').split('\n');
    if (bare === 'true') return 'bare';
    if (inside !== 'true') return 'none';
    // Whoever points at a folder that the repository ignores wants to see what is in it.
    return prefix !== '' && (await isIgnored(options, run)) ? 'none' : 'work-tree';
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    if (isRepository(root)) {
      const message = `Listed without git, so files that are tracked though ignored are missing: ${error.message}`;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      tally.problems.push({ code: 'repository-unreadable', message, path: '.', ...hint });
    }
    return 'none';
  }
}

/** Whether a folder is in a work tree; without git, or where git cannot tell, that is an error of git. */
export async function isWorkTree(root: string, { git, signal }: SourceOptions): Promise<boolean> {
  try {
    const answer = await git.run(['rev-parse', '--is-inside-work-tree'], {
      cwd: root,
      ...(signal === undefined ? {} : { signal }),
    });
    return answer.toString('utf8').trim() === 'true';
  } catch (error) {
    if (error instanceof SluiceError && /not a git repository/i.test(error.message)) return false;
    throw error;
  }
}

async function isIgnored({ git }: SourceOptions, run: GitOptions): Promise<boolean> {
  try {
    await git.run(['check-ignore', '-q', '.'], run);
    return true;
  } catch {
    return false;
  }
}

const isRepository = (root: string): boolean => repositoryAbove(root) !== undefined;

/** The nearest folder, at a place or above it, in which there is a `.git`. */
export const repositoryAbove = (root: string): string | undefined => folderAbove(root, ['.git']);

/**
 * Whether git could find a repository from a folder (by its real path): one with its `.git`, or a bare one. Where it says no, no
 * process need be started to know.
 */
export const mayBeInRepository = (root: string): boolean => folderAbove(root, ['.git', 'HEAD']) !== undefined;

function folderAbove(root: string, names: readonly string[]): string | undefined {
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (names.some((name) => exists(path.join(folder, name)))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

function exists(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
