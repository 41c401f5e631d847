import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';

const NAME = /^(?!\.{1,2}\/)[\w.-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/;

/** Git repositories on this machine that stand for those of the platform. */
export class Mirror {
  readonly #git: Git;
  readonly #folders: readonly string[];
  readonly #cache: string;

  /** @param cache where the files of actions are kept, one folder a commit */
  constructor(git: Git, folders: readonly string[], cache: string) {
    this.#git = git;
    this.#folders = folders;
    this.#cache = cache;
  }

  /** The repository `OWNER/NAME` of the first mirror that has it. */
  find(repository: string): string | undefined {
    // A workflow says the name, and a name with `..` in it would be any repository of this machine.
    if (!NAME.test(repository)) return undefined;
    for (const folder of this.#folders) {
      for (const name of [`${repository}.git`, repository]) {
        const path = join(folder, name);
        if (existsSync(join(path, 'HEAD')) || existsSync(join(path, '.git'))) return path;
      }
    }
    return undefined;
  }

  /**
   * The files of a commit, in a folder that is made once and never changed.
   *
   * @param from where the repository lies, when it is no mirror: the one that the run is about
   * @throws SluiceError `action-not-mirrored`, `action-commit-missing`
   */
  async materialise(repository: string, commit: string, from?: string): Promise<string> {
    const target = join(this.#cache, repository.toLowerCase(), commit);
    if (existsSync(target)) return target;
    const source = from ?? this.find(repository);
    if (source === undefined) {
      const hint =
        'Nothing is downloaded. Put a git mirror of it into a folder that `actions.mirrors` in sluice.yaml names.';
      throw new SluiceError('action-not-mirrored', `there is no mirror of ${repository}`, { hint });
    }
    const building = `${target}.${process.pid}.tmp`;
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building, { recursive: true });
    try {
      await fetchCommit(this.#git, source, commit, building, 1);
      rmSync(join(building, '.git'), { recursive: true, force: true });
      moveInto(building, target);
    } catch (cause) {
      if (!(cause instanceof SluiceError)) throw cause;
      const message = `the mirror of ${repository} does not hold commit ${commit}`;
      throw new SluiceError('action-commit-missing', message, { hint: 'Update the mirror.', cause });
    } finally {
      rmSync(building, { recursive: true, force: true });
    }
    return target;
  }
}

/** Another process may have been faster; both have the same files. */
function moveInto(building: string, target: string): void {
  try {
    renameSync(building, target);
  } catch (error) {
    if (!existsSync(target) || readdirSync(target).length === 0) throw error;
  }
}

/**
 * Makes `folder` (empty) a work tree of one commit of a repository on this machine, with its history down to `depth`
 * (0: all of it), and without anything that tells where it came from.
 *
 * @throws SluiceError `git-failed`
 */
export async function fetchCommit(
  git: Git,
  source: string,
  commit: string,
  folder: string,
  depth: number,
  signal?: AbortSignal,
): Promise<void> {
  const options = { cwd: folder, protocols: ['file'], ...(signal === undefined ? {} : { signal }) };
  const run = (...args: string[]) => git.run(args, options);
  await run('init', '--quiet', '--template=', '--initial-branch=sluice-none');
  const depths = depth === 0 ? ['--tags'] : ['--no-tags', `--depth=${depth}`];
  const refspecs = depth === 0 ? [commit, '+refs/heads/*:refs/remotes/origin/*'] : [commit];
  await run('fetch', '--quiet', ...depths, pathToFileURL(source).href, ...refspecs);
  await run('checkout', '--quiet', '--force', '--detach', commit);
  for (const name of ['FETCH_HEAD', 'logs', 'hooks'])
    rmSync(join(folder, '.git', name), { recursive: true, force: true });
}
