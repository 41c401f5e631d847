import { type FilePosition, SluiceError } from '#core/error.ts';
import { isPinned } from '../action/reference.ts';
import { INSERT } from '../expression/node.ts';
import type { Contexts } from '../expression/scope.ts';
import { numberOf } from '../expression/value.ts';
import { suggestion } from '../workflow/expectation.ts';
import type { CallJob, Input, Value, Workflow } from '../workflow/model.ts';
import type { Findings } from './findings.ts';
import { knownValue } from './known.ts';
import type { Origin, PlanPorts, WorkflowReference } from './ports.ts';

/** The platform's bounds: this many calls within each other. */
const MAX_CALL_DEPTH = 10;

/** One file in the chain of calls. */
export interface CalledFile {
  readonly file: string;
  readonly origin: Origin;
}

export interface Called {
  readonly workflow: Workflow;
  readonly origin: Origin;
  readonly contexts: Contexts;
}

const REMOTE = /^([^/]+\/[^/]+)\/(.+)@([^@]+)$/;

function referenceOf(uses: string): WorkflowReference {
  const [, repository, path = '', ref = ''] = REMOTE.exec(uses) ?? [];
  if (repository === undefined || uses.startsWith('.') || uses.startsWith('$')) {
    return { kind: 'local', path: uses.replace(/^(?:\.|\$)\//, '') };
  }
  return { kind: 'remote', repository, path, ref };
}

/**
 * The workflow that a job calls, or nothing (and an obstacle) when it is not here.
 *
 * @throws SluiceError `call-cyclic`, `call-too-deep`, `call-invalid`, and what is wrong in the called file
 */
export async function resolveCall(
  job: CallJob,
  chain: readonly CalledFile[],
  contexts: Contexts,
  ports: PlanPorts,
  findings: Findings,
): Promise<Called | undefined> {
  const at = job.usesAt ?? job.at;
  const reference = referenceOf(job.uses);
  if (reference.kind === 'remote' && !isPinned(reference.ref)) {
    const hint = 'Write the whole id of a commit (40 characters): a tag or branch can be moved to another workflow.';
    findings.blocks('workflow-not-pinned', at, `\`${job.uses}\` is not pinned to a commit`, hint);
    return undefined;
  }
  const origin = chain.at(-1)?.origin ?? {};
  const lookup = await ports.workflow(reference, origin, at);
  if (!lookup.found) {
    findings.blocks(lookup.code, at, lookup.reason, lookup.hint);
    return undefined;
  }
  const workflow = lookup.value;
  checkChain(chain, { file: workflow.file, origin: lookup.origin }, at);
  checkInterface(job, workflow, at);
  return { workflow, origin: lookup.origin, contexts: { ...contexts, ...inputsFor(job, workflow, contexts) } };
}

const keyOf = ({ file, origin }: CalledFile): string => `${origin.repository ?? ''}@${origin.commit ?? ''}:${file}`;

function checkChain(chain: readonly CalledFile[], called: CalledFile, at: FilePosition): void {
  const files = [...chain, called].map(({ file }) => `\`${file}\``).join(' calls ');
  if (chain.some((one) => keyOf(one) === keyOf(called))) {
    throw new SluiceError('call-cyclic', `these workflows call each other: ${files}`, {
      at,
      hint: 'Take one of these calls away.',
    });
  }
  if (chain.length > MAX_CALL_DEPTH) {
    throw new SluiceError('call-too-deep', `workflows may call each other ${MAX_CALL_DEPTH} deep: ${files}`, {
      at,
      hint: 'Call the last of them directly.',
    });
  }
}

/** What a caller must give, and may. */
function checkInterface(job: CallJob, workflow: Workflow, at: FilePosition): void {
  const trigger = workflow.triggers.find(({ event }) => event === 'workflow_call');
  if (trigger === undefined) {
    throw new SluiceError('call-invalid', `\`${workflow.file}\` cannot be called`, {
      at,
      hint: 'Give it the trigger `workflow_call`.',
    });
  }
  const inputs = trigger.inputs ?? [];
  checkNames('input', job.with, inputs, workflow, at);
  if (job.secrets !== 'inherit') checkNames('secret', job.secrets, workflow.secrets, workflow, at);
}

function checkNames(
  what: 'input' | 'secret',
  given: CallJob['with'],
  known: readonly { readonly name: string; readonly required: boolean; readonly default?: unknown }[],
  { file }: Workflow,
  at: FilePosition,
): void {
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  const unknown = given.find(({ key }) => key !== INSERT && !names.has(key.toLowerCase()));
  if (unknown !== undefined) {
    const hint =
      suggestion(
        unknown.key,
        known.map(({ name }) => name),
      ) ?? `It takes no ${what}s.`;
    throw new SluiceError('call-invalid', `\`${file}\` has no ${what} \`${unknown.key}\``, {
      at: unknown.value.at,
      hint,
    });
  }
  const have = new Set(given.map(({ key }) => key.toLowerCase()));
  const missing = known.find((one) => one.required && one.default === undefined && !have.has(one.name.toLowerCase()));
  if (missing === undefined || given.some(({ key }) => key === INSERT)) return;
  const where = what === 'input' ? 'with' : 'secrets';
  throw new SluiceError('call-invalid', `\`${file}\` needs the ${what} \`${missing.name}\``, {
    at,
    hint: `Give it under \`${where}\`.`,
  });
}

/** The `inputs` context of the called workflow, when all of it is known. */
function inputsFor(job: CallJob, workflow: Workflow, contexts: Contexts): { readonly inputs?: Value } {
  const inputs: Record<string, Value> = {};
  let unknown = false;
  const declared = workflow.triggers.find(({ event }) => event === 'workflow_call')?.inputs ?? [];
  for (const { name, type, default: fallback } of declared) {
    const given = job.with.find(({ key }) => key.toLowerCase() === name.toLowerCase())?.value ?? fallback;
    const value = given === undefined ? EMPTY[type] : knownValue(given, contexts);
    if (value === undefined) unknown = true;
    else inputs[name] = given === undefined ? value : typed(value, { name, type, file: workflow.file, at: given.at });
  }
  return unknown ? {} : { inputs };
}

interface TypedInput {
  readonly name: string;
  readonly type: Input['type'];
  readonly file: string;
  readonly at: FilePosition;
}

/** A value in the type that the called workflow asks for. @throws SluiceError `call-invalid` */
function typed(value: Value, { name, type, file, at }: TypedInput): Value {
  const invalid = (what: string): SluiceError =>
    new SluiceError('call-invalid', `the input \`${name}\` of \`${file}\` is ${what}`, {
      at,
      hint: `Give it ${what}.`,
    });
  if (type === 'boolean') {
    if (value !== true && value !== false && value !== 'true' && value !== 'false') throw invalid('true or false');
    return value === true || value === 'true';
  }
  if (type !== 'number') return value;
  const number = numberOf(value);
  if (Number.isNaN(number)) throw invalid('a number');
  return number;
}

const EMPTY = { string: '', choice: '', environment: '', boolean: false, number: 0 } as const;
