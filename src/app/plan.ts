import { gitProgram } from '#adapters/git.ts';
import { SluiceError } from '#core/error.ts';
import { withoutKeys } from '#core/quotation.ts';
import type { Contexts } from '#pipeline/expression/scope.ts';
import { planWorkflow } from '#pipeline/plan/plan.ts';
import type { PlanPorts } from '#pipeline/plan/ports.ts';
import type { Plan, PlanReport } from '#pipeline/plan/schema.ts';
import type { HappenedEvent } from '#pipeline/plan/triggers.ts';
import { inputsOf } from '#pipeline/run/call.ts';
import { githubContext } from '#pipeline/run/contexts.ts';
import { type RepositoryFacts, type TriggerEvent, triggerEvent } from '#pipeline/run/trigger.ts';
import type { Value, Workflow } from '#pipeline/workflow/model.ts';
import { loadConfiguration } from './configuration.ts';
import { planPorts, thisMachine } from './plan-ports.ts';
import { repositoryOf } from './repository.ts';
import { repositoryFacts } from './repository-facts.ts';
import { readUserFile } from './user-file.ts';
import { workflowFiles } from './workflow-files.ts';

export interface PlanCommand {
  /** A path, a name, or nothing for all. */
  readonly workflow?: string;
  /** The folder that the repository is looked for from. */
  readonly folder: string;
  readonly event?: string;
  /** A file with what `github.event` would be. */
  readonly payload?: string;
  /** `name=value` */
  readonly inputs: readonly string[];
  readonly untrusted: boolean;
  readonly config?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What the workflows of a repository would do here. Mistakes in a file are part of the answer.
 *
 * @throws SluiceError `workflow-not-found`, `path-outside`, `payload-invalid`, `input-invalid`, and those of the configuration
 */
export async function planWorkflows(command: PlanCommand): Promise<PlanReport> {
  const root = repositoryOf(command.folder);
  const configuration = loadConfiguration(root, command.config);
  const facts = await repositoryFacts(root, configuration.config, gitProgram);
  const payload = command.payload === undefined ? undefined : payloadOf(command.payload);
  const setting: Setting = {
    command,
    facts,
    payload,
    inputs: inputsFrom(command.inputs),
    vars: configuration.config.run.variables,
    ports: planPorts(root, configuration, gitProgram, thisMachine(command.environment, configuration)),
  };
  const report: PlanReport = { version: 1, plans: [], invalid: [] };
  for (const { file, checked } of workflowFiles(root, command.workflow)) {
    const planned = checked.ok ? await planOne(checked.value, setting) : checked.mistakes;
    if ('version' in planned) report.plans.push(planned);
    else report.invalid.push({ file, mistakes: planned.map(mistakeOf) });
  }
  return report;
}

/** 2: a file is wrong. 3: something that would run cannot run here. 0: all of it can. */
export const exitCodeOf = ({ plans, invalid }: PlanReport): number =>
  invalid.length > 0 ? 2 : plans.some(({ runnable }) => !runnable) ? 3 : 0;

interface Setting {
  readonly command: PlanCommand;
  readonly facts: RepositoryFacts;
  readonly payload: Mapping | undefined;
  readonly inputs: Mapping;
  readonly vars: Mapping;
  readonly ports: PlanPorts;
}

type Mapping = { readonly [key: string]: Value };

async function planOne(workflow: Workflow, setting: Setting): Promise<Plan | readonly SluiceError[]> {
  const { command, facts, payload, inputs, vars, ports } = setting;
  const trigger = triggerEvent(eventOf(workflow, setting), payload, facts, inputs);
  try {
    const github = githubContext(trigger, facts, workflow, { id: 1, attempt: 1 }, '');
    const contexts: Contexts = { github, vars, ...inputsFor(workflow, trigger, inputs, { github, vars }) };
    const trusted = trigger.trusted && !command.untrusted;
    return await planWorkflow(workflow, { event: happened(trigger), trusted, contexts, ports });
  } catch (error) {
    if (error instanceof SluiceError) return [error];
    throw error;
  }
}

/** What is asked for; else what starts the workflow most often. */
function eventOf({ triggers }: Workflow, { command, inputs }: Setting): string {
  if (command.event !== undefined) return command.event;
  const known = triggers.map(({ event }) => event);
  if (Object.keys(inputs).length > 0 && known.includes('workflow_dispatch')) return 'workflow_dispatch';
  return ['push', 'pull_request', 'workflow_dispatch'].find((event) => known.includes(event)) ?? known[0] ?? 'push';
}

/** A called workflow that is planned by itself has no caller: what it would be given is not known. */
function inputsFor(workflow: Workflow, { name }: TriggerEvent, given: Mapping, contexts: Contexts): Contexts {
  if (name === 'workflow_call' && Object.keys(given).length === 0) return {};
  if (name !== 'workflow_dispatch' && name !== 'workflow_call') return { inputs: {} };
  const unknown = Object.keys(given).find(
    (key) => !workflow.inputs.some((one) => one.name.toLowerCase() === key.toLowerCase()),
  );
  if (unknown !== undefined) {
    const hint = `It takes: ${workflow.inputs.map((one) => one.name).join(', ') || 'none'}.`;
    throw new SluiceError('input-invalid', `the workflow has no input ${unknown}`, {
      at: { file: workflow.file },
      hint,
    });
  }
  const missing = workflow.inputs.some(
    ({ required, default: fallback, name: key }) => required && fallback === undefined && !(key in given),
  );
  // A plan may be asked for before anybody knows what to give.
  return missing ? {} : { inputs: inputsOf(workflow, given, contexts, { file: workflow.file }) };
}

function happened({ name, ref, baseRef, payload }: TriggerEvent): HappenedEvent {
  const type = payload['action'];
  return {
    name,
    ref: name.startsWith('pull_request') && baseRef !== '' ? `refs/heads/${baseRef}` : ref,
    ...(typeof type === 'string' ? { type } : {}),
  };
}

function inputsFrom(words: readonly string[]): Mapping {
  return Object.fromEntries(
    words.map((word): [string, string] => {
      const at = word.indexOf('=');
      if (at > 0) return [word.slice(0, at), word.slice(at + 1)];
      throw new SluiceError('input-invalid', 'an input is written name=value', { hint: 'As in --input level=debug.' });
    }),
  );
}

function payloadOf(file: string): Mapping {
  const text = readUserFile(file, 'payload-not-found');
  try {
    const value = JSON.parse(text) as Value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Mapping;
  } catch {
    // Said below: what the parser says quotes the file.
  }
  throw new SluiceError('payload-invalid', 'the payload of an event is a JSON object', { at: { file } });
}

const mistakeOf = ({ code, message, hint, at }: SluiceError): PlanReport['invalid'][number]['mistakes'][number] => ({
  code,
  message: withoutKeys(message, []),
  ...(hint === undefined ? {} : { hint: withoutKeys(hint, []) }),
  ...(at === undefined ? {} : { at }),
});
