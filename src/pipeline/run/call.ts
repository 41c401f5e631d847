import { join } from 'node:path';
import { type FilePosition, SluiceError } from '#core/error.ts';
import type { SecretSource } from '#core/secret-source.ts';
import { readInside } from '../action/inside.ts';
import { isPinned, parseReference } from '../action/reference.ts';
import { evaluate } from '../expression/evaluate.ts';
import type { Contexts } from '../expression/scope.ts';
import { isPrimitive, numberOf, textOf } from '../expression/value.ts';
import { Masker } from '../mask/masker.ts';
import type { CallJob, Input, Value, Workflow } from '../workflow/model.ts';
import { readWorkflow } from '../workflow/read.ts';
import { fixedSecrets, SecretCounter, type SharedMasks } from './secrets.ts';
import type { RunSetting } from './setting.ts';

const MOST_BYTES = 2 ** 20;

/**
 * The workflow that a job is: of this repository, or by its commit from a mirror.
 *
 * @throws SluiceError `action-unknown`, `action-not-pinned`, `action-not-mirrored`, `workflow-not-found`, and what reading it throws
 */
export async function calledWorkflow({ uses, at }: CallJob, { mirror, workflowAt }: RunSetting): Promise<Workflow> {
  if (uses.startsWith('./')) return workflowAt(uses.slice(2));
  const reference = parseReference(uses);
  if (reference?.kind !== 'remote') throw new SluiceError('action-unknown', `\`${uses}\` names no workflow`, { at });
  const { repository, path, ref } = reference;
  if (!isPinned(ref)) {
    const hint = 'A tag or branch can be moved to other code. Write the whole id of the commit after the @.';
    throw new SluiceError('action-not-pinned', `${repository} is named by \`${ref}\` and not by a commit`, {
      at,
      hint,
    });
  }
  const root = await mirror.materialise(repository, ref);
  const content = readInside(root, join('.', path), MOST_BYTES);
  if (content === undefined)
    throw new SluiceError('workflow-not-found', `there is no ${path} in ${repository}`, { at });
  return readWorkflow({ file: `${repository}/${path}`, content });
}

/**
 * The `inputs` context of a workflow that is called or started by hand: what is given, in the type that the workflow
 * says, and its defaults.
 *
 * @throws SluiceError `input-missing`, `input-invalid`
 */
export function inputsOf(
  { inputs }: Workflow,
  given: { readonly [name: string]: Value },
  contexts: Contexts,
  at: FilePosition,
): { readonly [name: string]: Value } {
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const entries = inputs.map((input): [string, Value] => {
    const value =
      byName.get(input.name.toLowerCase()) ??
      (input.default === undefined ? undefined : evaluate(input.default, contexts));
    if (value === undefined || value === null) {
      if (input.required) throw new SluiceError('input-missing', `the workflow needs the input ${input.name}`, { at });
      return [input.name, NOTHING[input.type]];
    }
    return [input.name, typed(input, value, at)];
  });
  return Object.fromEntries(entries);
}

const NOTHING: Readonly<Record<Input['type'], Value>> = {
  string: '',
  choice: '',
  environment: '',
  boolean: false,
  number: 0,
};

function typed({ name, type, options }: Input, value: Value, at: FilePosition): Value {
  const invalid = (hint: string): SluiceError =>
    new SluiceError('input-invalid', `the input ${name} does not fit`, { at, hint });
  if (type === 'boolean') {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw invalid('It is true or false.');
  }
  if (type === 'number') {
    const number = numberOf(value);
    if (Number.isNaN(number)) throw invalid('It is a number.');
    return number;
  }
  if (!isPrimitive(value)) throw invalid('It is a text.');
  const text = textOf(value);
  if (type === 'choice' && !options.includes(text)) throw invalid(`It is one of ${options.join(', ')}.`);
  return text;
}

/** What the called workflow gets of the caller's secrets. */
export async function callSecrets(
  { secrets }: CallJob,
  own: SecretSource,
  masks: SharedMasks,
  contexts: Contexts,
): Promise<SecretSource> {
  if (secrets === 'inherit') return own;
  // What is made of them is masked by each job that names it; they themselves in all jobs.
  const counter = new SecretCounter(own, new Masker(), masks, () => undefined);
  const values: Record<string, string> = {};
  for (const { key, value } of secrets) {
    const named = await counter.contextFor(value);
    const result = evaluate(value, { ...contexts, ...named });
    if (isPrimitive(result)) values[key] = textOf(result);
  }
  return fixedSecrets(values);
}
