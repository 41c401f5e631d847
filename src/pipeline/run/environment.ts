import type { Value } from '../workflow/model.ts';
import type { JobState } from './job-state.ts';

const SEARCH_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Programs of ours that a job finds when it has none of the name itself. */
const OWN_PROGRAMS = '/runner/bin';

/** The keys of the `github` context that are also variables, as GitHub documents them ("Default environment variables"). */
const SHARED = new Set(
  (
    'action action_path action_ref action_repository actor actor_id api_url base_ref event_name event_path graphql_url head_ref ' +
    'job ref ref_name ref_protected ref_type repository repository_id repository_owner repository_owner_id retention_days ' +
    'run_attempt run_id run_number server_url sha triggering_actor workflow workflow_ref workflow_sha workspace'
  ).split(' '),
);

export interface EnvironmentParts {
  /** The `github` context as it is for this step. */
  readonly github: { readonly [key: string]: Value };
  /** What the image sets that the program runs in; that of the job where it is not given. */
  readonly image?: Readonly<Record<string, string>> | undefined;
  /** `env` of the step and of the steps around it. */
  readonly step: Readonly<Record<string, string>>;
  /** Inputs, state, addresses of services. */
  readonly extra: Readonly<Record<string, string>>;
  /** Where the command files lie. */
  readonly commands: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a program of a step. What is later outranks what is earlier: what every job has, `env` of
 * the workflow and of the job with what `GITHUB_ENV` set, `env` of the step, and then what nobody can change.
 */
export function environmentOf(job: JobState, parts: EnvironmentParts): Record<string, string> {
  const { layout } = job;
  const chosen = { ...(parts.image ?? job.imageEnv), ...job.env, ...parts.step };
  const path = [...job.path, chosen['PATH'] ?? SEARCH_PATH, ...(layout.bare ? [] : [OWN_PROGRAMS])].join(':');
  return {
    CI: 'true',
    HOME: layout.home.inside,
    USER: 'runner',
    LANG: 'C.UTF-8',
    ...chosen,
    ...parts.extra,
    PATH: path,
    GITHUB_ACTIONS: 'true',
    ...githubVariables(parts.github),
    ...runnerVariables(job),
    ...parts.commands,
  };
}

function githubVariables(github: { readonly [key: string]: Value }): Record<string, string> {
  const entries = Object.entries(github).flatMap(([key, value]): [string, string][] =>
    SHARED.has(key) && (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
      ? [[`GITHUB_${key.toUpperCase()}`, String(value)]]
      : [],
  );
  return Object.fromEntries(entries);
}

function runnerVariables({ contexts }: JobState): Record<string, string> {
  const runner = contexts['runner'];
  if (typeof runner !== 'object' || runner === null || Array.isArray(runner)) return {};
  return Object.fromEntries(
    Object.entries(runner).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' && value !== '' ? [[`RUNNER_${key.toUpperCase()}`, value]] : [],
    ),
  );
}

/** For programs of ours in a sandbox: a search path, and nothing of the job. */
export const toolEnvironment = (job: JobState): Record<string, string> => ({
  PATH: job.layout.bare ? SEARCH_PATH : `${SEARCH_PATH}:${OWN_PROGRAMS}`,
  HOME: job.layout.home.inside,
  LANG: 'C.UTF-8',
});
