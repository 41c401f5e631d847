import type { Config } from '#config/schema.ts';
import type { Git } from '#core/ports.ts';
import type { RepositoryFacts } from '#pipeline/run/trigger.ts';

const NO_COMMIT = '0'.repeat(40);
const REMOTE = /[:/]([\w.-]{1,100}\/[\w.-]{1,100}?)(?:\.git)?\/?$/;

/** What a repository says of itself; what it does not say has the names that a new one would have. */
export async function repositoryFacts(root: string, { run }: Pick<Config, 'run'>, git: Git): Promise<RepositoryFacts> {
  const ask = async (...args: string[]): Promise<string> => {
    try {
      return (await git.run(args, { cwd: root, maxBytes: 10_000 })).toString().trim();
    } catch {
      // No repository, no commit, no remote: each is a state of a repository, and has its word below.
      return '';
    }
  };
  const [branch, sha, remote, head, actor] = await Promise.all([
    ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
    ask('rev-parse', '--verify', '--quiet', 'HEAD'),
    ask('config', '--get', 'remote.origin.url'),
    ask('symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'),
    ask('log', '-1', '--format=%an'),
  ]);
  return {
    name: run.repository ?? REMOTE.exec(remote)?.[1] ?? 'local/repository',
    branch: branch || 'main',
    defaultBranch: head.replace(/^origin\//, '') || branch || 'main',
    sha: sha || NO_COMMIT,
    actor: actor || 'nobody',
    server: run.server,
  };
}
