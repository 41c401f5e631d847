import { SluiceError } from '#core/error.ts';
import type { Workflow } from '#pipeline/workflow/model.ts';
import { workflowFiles } from './workflow-files.ts';

/** What starts a workflow that a person starts without saying what happened. */
const USUAL = ['push', 'pull_request', 'workflow_dispatch'];

/** A workflow by its path in the repository. @throws SluiceError `workflow-not-found` and what is wrong with it */
export function workflowAt(repository: string, path: string): Workflow {
  const [file] = workflowFiles(repository, path);
  if (file === undefined) throw new SluiceError('workflow-not-found', `there is no workflow ${path}`);
  if (file.checked.ok) return file.checked.value;
  throw file.checked.mistakes[0] ?? new Error('a refused workflow names no mistake');
}

/**
 * The workflow that a person means: the one of that path or name, or the only one that the event starts. Without an event,
 * the first usual one that starts any.
 *
 * @throws SluiceError `workflow-not-found`, `workflow-ambiguous`, and what is wrong with the workflow
 */
export function chooseWorkflow(repository: string, named: string | undefined, event: string | undefined): Workflow {
  const files = workflowFiles(repository, named).map(({ file }) => file);
  const read = files.length === 1 || named !== undefined ? files.map((file) => workflowAt(repository, file)) : [];
  const workflows =
    read.length > 0 ? read : workflowFiles(repository).flatMap(({ checked }) => (checked.ok ? [checked.value] : []));
  const usual = event ?? USUAL.find((name) => workflows.some((workflow) => knows(workflow, name)));
  const started =
    event === undefined && workflows.length === 1
      ? workflows
      : workflows.filter((workflow) => usual === undefined || knows(workflow, usual));
  const [only] = started;
  if (only !== undefined && started.length === 1) return only;
  const there = (started.length === 0 ? files : started.map(({ file }) => file)).join(', ');
  if (only === undefined) {
    throw new SluiceError('workflow-not-started', `no workflow is started by ${event}`, {
      hint: `There are: ${there}.`,
    });
  }
  const by = usual === undefined ? '' : ` by \`${usual}\``;
  throw new SluiceError('workflow-ambiguous', `several workflows would be started${by}; name one`, {
    hint: `There are: ${there}.`,
  });
}

const knows = ({ triggers }: Workflow, event: string): boolean => triggers.some((trigger) => trigger.event === event);

/** The event that a workflow is run for when nobody says: `push` where it knows it, else what it knows. */
export function usualEvent({ triggers }: Workflow): string {
  const known = triggers.map(({ event }) => event);
  return USUAL.find((event) => known.includes(event)) ?? known[0] ?? 'push';
}
