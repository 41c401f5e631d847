import { realpathSync } from 'node:fs';
import type { PolicyContext } from '#core/policy.ts';
import type { Git } from '#core/ports.ts';
import { mayBeInRepository } from '#source/repository.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What CI services call the branch, the event and who started it; the first that is set counts. */
const BRANCH = [
  'GITHUB_HEAD_REF',
  'GITHUB_REF_NAME',
  'CI_COMMIT_REF_NAME',
  'BRANCH_NAME',
  'BUILD_SOURCEBRANCHNAME',
  'CIRCLE_BRANCH',
  'BITBUCKET_BRANCH',
];
const EVENT = ['GITHUB_EVENT_NAME', 'CI_PIPELINE_SOURCE', 'BUILD_REASON'];
const ACTOR = ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'CHANGE_AUTHOR', 'BUILD_REQUESTEDFOR', 'CIRCLE_USERNAME'];

/** Every CI service of note sets `CI`; `false` and `0` turn it off. */
export const isCi = ({ CI = '' }: Environment): boolean => !['', 'false', '0'].includes(CI);

/** What a policy may know of where the scan runs; the branch is asked of git where no CI service names it. */
export async function policyContext(
  target: string,
  folder: string,
  environment: Environment,
  git: Git,
): Promise<PolicyContext> {
  const first = (names: readonly string[]): string => names.map((name) => environment[name]).find(Boolean) ?? '';
  const branch = first(BRANCH) || (await currentBranch(git, folder));
  return { target, branch, event: first(EVENT), actor: first(ACTOR), ci: isCi(environment) };
}

/** Empty outside a repository and where HEAD names no branch. */
async function currentBranch(git: Git, folder: string): Promise<string> {
  try {
    // By its one true name, under which git has been asked about it before.
    const cwd = realpathSync(folder);
    if (!mayBeInRepository(cwd)) return '';
    const output = await git.run(['symbolic-ref', '--quiet', '--short', 'HEAD'], { cwd, maxBytes: 10_000 });
    return output.toString().trim();
  } catch {
    return '';
  }
}
