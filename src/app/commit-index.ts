import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Git } from '#core/ports.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The index of the commit that is being made. While `git commit --all` or `git commit FILE` runs its hook, the repository's
 * own index does not yet hold what will be committed; another one beside it does, and git names it in `GIT_INDEX_FILE`.
 * `undefined` where none is named, or one of another repository.
 */
export async function commitIndex(git: Git, folder: string, environment: Environment): Promise<string | undefined> {
  const named = environment['GIT_INDEX_FILE'];
  if (named === undefined || named === '') return undefined;
  try {
    const answer = await git.run(['rev-parse', '--absolute-git-dir'], { cwd: folder });
    const own = realpathSync(answer.toString().replace(/\r?\n$/, ''));
    // git starts hooks at the root of the work tree, and names the file from there.
    const file = resolve(named);
    return realpathSync(dirname(file)) === own ? file : undefined;
  } catch {
    return undefined;
  }
}
