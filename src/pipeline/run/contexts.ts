import { arch } from 'node:os';
import { COMMAND_FILES } from '../command/files.ts';
import type { Value, Workflow } from '../workflow/model.ts';
import type { Layout } from './layout.ts';
import type { RepositoryFacts, TriggerEvent } from './trigger.ts';

type Mapping = { readonly [key: string]: Value };

export interface RunIdentity {
  readonly id: number;
  readonly attempt: number;
}

/** Days that artifacts are kept, as `github.retention_days` says it. */
const RETENTION = '90';

/**
 * The `github` context, without what differs from step to step
 * (https://docs.github.com/actions/reference/contexts-reference#github-context).
 */
export function githubContext(
  event: TriggerEvent,
  facts: RepositoryFacts,
  workflow: Workflow,
  run: RunIdentity,
  token: string,
): Mapping {
  const [owner = ''] = facts.name.split('/');
  const refType = event.ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  const { server } = facts;
  return {
    ...{ event: event.payload, event_name: event.name, actor: event.actor, triggering_actor: event.actor },
    ...{ repository: facts.name, repository_owner: owner, repository_id: '1', repository_owner_id: '1', actor_id: '1' },
    ...{
      repositoryUrl: `git://${new URL(server).host}/${facts.name}.git`,
      secret_source: event.trusted ? 'Actions' : 'None',
    },
    ...{ server_url: server, api_url: `${server}/api/v3`, graphql_url: `${server}/api/graphql` },
    ...{ ref: event.ref, ref_name: nameOf(event.ref), ref_type: refType, ref_protected: false },
    ...{ head_ref: event.headRef, base_ref: event.baseRef, sha: event.sha },
    ...{
      workflow: workflow.name,
      workflow_sha: event.sha,
      workflow_ref: `${facts.name}/${workflow.file}@${event.ref}`,
    },
    ...{
      run_id: String(run.id),
      run_number: String(run.id),
      run_attempt: String(run.attempt),
      retention_days: RETENTION,
    },
    token,
  };
}

const nameOf = (ref: string): string => ref.replace(/^refs\/(?:heads|tags|pull)\//, '');

/** What of the `github` context depends on the job. */
export const githubOfJob = (layout: Layout, job: string): Mapping => ({
  job,
  workspace: layout.workspace.inside,
  event_path: layout.event.inside,
  action: '__run',
  ...Object.fromEntries(
    Object.entries(COMMAND_FILES).map(([key, name]) => [key.toLowerCase(), `${layout.commands.inside}/${name}`]),
  ),
});

export const runnerContext = (layout: Layout): Mapping => ({
  os: 'Linux',
  arch: ARCHITECTURES[arch()] ?? arch().toUpperCase(),
  name: 'sluice',
  environment: 'self-hosted',
  temp: layout.temp.inside,
  tool_cache: layout.toolCache,
  workspace: layout.workspace.inside,
});

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'X64', ia32: 'X86', arm64: 'ARM64', arm: 'ARM' };
