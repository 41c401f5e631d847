import type { Contexts } from '../expression/scope.ts';
import type { Action, Workflow } from '../workflow/model.ts';
import { readAction, readWorkflow } from '../workflow/read.ts';
import { type PlanRequest, planWorkflow } from './plan.ts';
import type { Lookup, PlanPorts } from './ports.ts';
import type { Plan } from './schema.ts';

/** A repository of files by path, and mirrors of others by `owner/name@commit:path`. */
export type Files = Readonly<Record<string, string>>;

export const COMMIT = 'a1b2c3d4e5'.repeat(4);

function lookup<T>(files: Files, key: string, read: (content: string) => T, repository?: string): Lookup<T> {
  const content = files[key];
  if (content === undefined) return { found: false, code: 'file-missing', reason: `there is no ${key}` };
  return { found: true, value: read(content), origin: repository === undefined ? {} : { repository, commit: COMMIT } };
}

/** Ports over such files, on a machine with nothing but what is said. */
function portsOver(files: Files, machine: Partial<PlanPorts['machine']> = {}): PlanPorts {
  const at = (repository: string | undefined, commit: string | undefined, path: string): string =>
    repository === undefined ? path : `${repository}@${commit}:${path}`;
  const workflow = (key: string, file: string, repository?: string): Lookup<Workflow> =>
    lookup(files, key, (content) => readWorkflow({ file, content }), repository);
  const action = (key: string, file: string, repository?: string): Lookup<Action> =>
    lookup(files, key, (content) => readAction({ file, content }), repository);
  return {
    machine: { arch: 'x64', hasImage: () => false, has: (program) => program === 'node', ...machine },
    network: (job) => (job === 'build' ? ['registry.example'] : []),
    workflow: async (reference, origin) =>
      reference.kind === 'local'
        ? workflow(at(origin.repository, origin.commit, reference.path), reference.path, origin.repository)
        : workflow(at(reference.repository, reference.ref, reference.path), reference.path, reference.repository),
    action: async (reference, origin) => {
      if (reference.kind === 'local') {
        const path = `${reference.path}/action.yml`;
        return action(at(origin.repository, origin.commit, path), path, origin.repository);
      }
      if (reference.kind !== 'remote') throw new Error('no files of it are asked for');
      const path = reference.path === '' ? 'action.yml' : `${reference.path}/action.yml`;
      return action(at(reference.repository, reference.ref, path), path, reference.repository);
    },
  };
}

export interface PlanOptions {
  readonly files?: Files;
  readonly machine?: Partial<PlanPorts['machine']>;
  readonly contexts?: Contexts;
  readonly event?: PlanRequest['event'];
  readonly trusted?: boolean;
}

/** The plan of a workflow for a push to main. */
export function planOf(content: string, options: PlanOptions = {}): Promise<Plan> {
  const { files = {}, machine, event = { name: 'push', ref: 'refs/heads/main' }, trusted = true } = options;
  const contexts = options.contexts ?? {
    github: { ref: event.ref, event_name: event.name, event: {} },
    inputs: {},
    vars: {},
  };
  const workflow = readWorkflow({ file: 'ci.yml', content });
  return planWorkflow(workflow, { event, trusted, contexts, ports: portsOver(files, machine) });
}
