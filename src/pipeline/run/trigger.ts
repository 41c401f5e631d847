import type { Value } from '../workflow/model.ts';

/** What started a run, as the `github` context tells it. */
export interface TriggerEvent {
  readonly name: string;
  /** What `github.event` is; comes from outside and is data, never text of a script. */
  readonly payload: { readonly [key: string]: Value };
  readonly ref: string;
  readonly sha: string;
  readonly headRef: string;
  readonly baseRef: string;
  readonly actor: string;
  /** Whether the code that runs comes from people of this repository. */
  readonly trusted: boolean;
}

/** What the repository says of itself. */
export interface RepositoryFacts {
  /** `OWNER/NAME` */
  readonly name: string;
  readonly branch: string;
  readonly defaultBranch: string;
  readonly sha: string;
  readonly actor: string;
  readonly server: string;
}

type Mapping = { readonly [key: string]: Value };

const isMapping = (value: Value | undefined): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys; `undefined` where there is none. */
export function at(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  let current = value;
  for (const key of keys) current = isMapping(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  return current;
}

const textAt = (value: Mapping, ...keys: readonly string[]): string => {
  const found = at(value, ...keys);
  return typeof found === 'string' ? found : '';
};

/**
 * The event of a run: from a payload that a person handed in, or made up from the repository as it stands. Whatever says
 * that its code comes from another repository, or does not say where it comes from, is not trusted; also for
 * `pull_request_target`, whose code is ours but whose usual mistake is to run that of the pull request.
 */
export function triggerEvent(
  name: string,
  given: Mapping | undefined,
  facts: RepositoryFacts,
  inputs: Mapping,
): TriggerEvent {
  const payload = given ?? madeUp(name, facts, inputs);
  const isPull = isMapping(payload['pull_request']);
  const number = at(payload, 'pull_request', 'number') ?? payload['number'];
  const pullRef = `refs/pull/${typeof number === 'number' ? number : 0}/merge`;
  const base = textAt(payload, 'pull_request', 'base', 'ref');
  const isTarget = name === 'pull_request_target';
  const ref = isPull
    ? isTarget
      ? `refs/heads/${base}`
      : pullRef
    : textAt(payload, 'ref') || `refs/heads/${facts.branch}`;
  return {
    name,
    payload,
    ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`,
    sha: shaOf(payload, isPull, isTarget) || facts.sha,
    headRef: isPull ? textAt(payload, 'pull_request', 'head', 'ref') : '',
    baseRef: isPull ? base : '',
    actor: textAt(payload, 'sender', 'login') || facts.actor,
    trusted: isTrusted(payload, facts.name),
  };
}

function shaOf(payload: Mapping, isPull: boolean, isTarget: boolean): string {
  if (!isPull) return textAt(payload, 'after') || textAt(payload, 'head_commit', 'id');
  if (isTarget) return textAt(payload, 'pull_request', 'base', 'sha');
  return textAt(payload, 'pull_request', 'merge_commit_sha') || textAt(payload, 'pull_request', 'head', 'sha');
}

/** The repositories that the code of an event may come from; all of them must be this one. */
function isTrusted(payload: Mapping, repository: string): boolean {
  const home = (textAt(payload, 'repository', 'full_name') || repository).toLowerCase();
  const origins: (Value | undefined)[] = [];
  if (isMapping(payload['pull_request'])) origins.push(at(payload, 'pull_request', 'head', 'repo', 'full_name'));
  if (isMapping(payload['workflow_run'])) origins.push(at(payload, 'workflow_run', 'head_repository', 'full_name'));
  return origins.every((origin) => typeof origin === 'string' && origin.toLowerCase() === home);
}

/** What the platform would send for the work tree as it is. */
function madeUp(name: string, facts: RepositoryFacts, inputs: Mapping): Mapping {
  const [owner = '', repository = ''] = facts.name.split('/');
  const repo: Mapping = {
    full_name: facts.name,
    name: repository,
    owner: { login: owner, name: owner },
    default_branch: facts.defaultBranch,
    html_url: `${facts.server}/${facts.name}`,
    private: true,
    fork: false,
  };
  const common: Mapping = { repository: repo, sender: { login: facts.actor, type: 'User' } };
  const ref = `refs/heads/${facts.branch}`;
  if (name.startsWith('pull_request')) return { ...common, ...pullRequest(facts, repo) };
  if (name === 'workflow_dispatch') return { ...common, ref, inputs };
  if (name === 'schedule') return { ...common, schedule: '' };
  if (name !== 'push') return common;
  const commit: Mapping = { id: facts.sha, message: '', author: { name: facts.actor } };
  const noCommit = '0'.repeat(40);
  return {
    ...common,
    ...{ ref, before: noCommit, after: facts.sha, created: false, deleted: false, forced: false },
    ...{ head_commit: commit, commits: [commit], pusher: { name: facts.actor } },
  };
}

function pullRequest(facts: RepositoryFacts, repo: Mapping): Mapping {
  const user: Mapping = { login: facts.actor };
  const head: Mapping = { ref: facts.branch, sha: facts.sha, repo, label: facts.branch };
  const base: Mapping = { ref: facts.defaultBranch, sha: facts.sha, repo, label: facts.defaultBranch };
  const details: Mapping = {
    number: 1,
    state: 'open',
    title: '',
    body: '',
    draft: false,
    merged: false,
    labels: [],
    user,
  };
  return { action: 'opened', number: 1, pull_request: { ...details, head, base } };
}
