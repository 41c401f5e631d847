import { createHash } from 'node:crypto';
import { readTemplate } from '@actions/workflow-parser/templates/template-reader';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { SluiceError } from '#core/error.ts';
import { Text } from '#core/text.ts';
import { actionOf } from './actions.ts';
import { ItemReader } from './item-reader.ts';
import { concurrencyOf, defaultsOf, jobsOf } from './jobs.ts';
import { actionSyntax, type Language, workflowSyntax } from './language.ts';
import { Fields, optional } from './mapping.ts';
import { MistakeContext, type Reading } from './mistakes.ts';
import type { Action, Input, Trigger, UnsupportedKey, Workflow } from './model.ts';
import { mistakesOfNeeds } from './needs.ts';
import { permissionsOf } from './permissions.ts';
import { triggersOf } from './triggers.ts';
import { yamlItems } from './yaml-items.ts';

/** A file to read. */
export interface WorkflowSource {
  /** Relative to the repository, with `/`; for messages and for the model. */
  readonly file: string;
  readonly content: string | Uint8Array;
}

/** What a file says, or every mistake in it (a hundred at most), in the order of the file. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly mistakes: readonly SluiceError[] };

/** The largest workflow of any public repository that we know has a tenth of this. */
export const MAX_BYTES = 2 ** 20;

/**
 * A workflow, ready to be planned.
 *
 * @throws SluiceError with the first mistake of the file: `yaml-invalid`, `workflow-invalid`, `expression-invalid`,
 * `needs-unknown`, `needs-cyclic`, `workflow-too-large`. `checkWorkflow` lists them all.
 */
export const readWorkflow = (source: WorkflowSource): Workflow => accept(checkWorkflow(source));

/** The same for an `action.yml`. */
export const readAction = (source: WorkflowSource): Action => accept(checkAction(source));

/** A workflow, or all that is wrong with it. Never throws for what the file holds. */
export const checkWorkflow = (source: WorkflowSource): Checked<Workflow> => check(source, workflowSyntax(), workflowOf);

export const checkAction = (source: WorkflowSource): Checked<Action> => check(source, actionSyntax(), actionOf);

function accept<T>(checked: Checked<T>): T {
  if (checked.ok) return checked.value;
  const [first, ...others] = checked.mistakes;
  if (first === undefined) throw new Error('a refused file names no mistake');
  if (others.length === 0) throw first;
  const hint = [first.hint, `${others.length} more: \`sluice plan\` lists them.`].filter(Boolean).join(' ');
  throw new SluiceError(first.code, first.message, { hint, ...optional('at', first.at) });
}

function check<T>(
  { file, content }: WorkflowSource,
  language: Language,
  convert: (root: TemplateToken, reading: Reading, sha256: string) => T,
): Checked<T> {
  try {
    const bytes =
      typeof content === 'string'
        ? Buffer.from(content)
        : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    const source = { file, text: decode(bytes, file) };
    const reading: Reading = { source, items: yamlItems(source), language, mistakes: [] };
    const root = readTemplate(new MistakeContext(reading), language.root, new ItemReader(reading.items), undefined);
    if (reading.mistakes.length === 0 && root !== undefined) {
      const value = convert(root, reading, createHash('sha256').update(bytes).digest('hex'));
      if (reading.mistakes.length === 0) return { ok: true, value };
    }
    return { ok: false, mistakes: inOrder(reading.mistakes) };
  } catch (error) {
    if (error instanceof SluiceError) return { ok: false, mistakes: [error] };
    throw error;
  }
}

function decode(bytes: Buffer, file: string): Text {
  if (bytes.length > MAX_BYTES) {
    throw new SluiceError('workflow-too-large', `the file has ${bytes.length} bytes; ${MAX_BYTES} is the most`, {
      at: { file },
      hint: 'Divide it.',
    });
  }
  const start = bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0;
  const text = new Text(bytes.subarray(start));
  if (!text.string.includes('\ufffd')) return text;
  const at = { file, ...text.positionAt(text.string.indexOf('\ufffd')) };
  throw new SluiceError('yaml-invalid', 'the file is not UTF-8', { at, hint: 'Save it as UTF-8.' });
}

const inOrder = (mistakes: readonly SluiceError[]): readonly SluiceError[] =>
  mistakes.toSorted((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));

function workflowOf(root: TemplateToken, reading: Reading, sha256: string): Workflow {
  const fields = new Fields(root, reading);
  const unsupported: UnsupportedKey[] = [];
  const triggers = triggersOf(fields.token('on'), reading);
  const call = fields.fields('on').fields('workflow_call');
  const jobs = jobsOf(fields.fields('jobs'), unsupported);
  reading.mistakes.push(...mistakesOfNeeds(jobs));
  return {
    name: fields.text('name') || reading.source.file,
    file: reading.source.file,
    sha256,
    ...optional('runName', fields.template('run-name')),
    triggers,
    env: fields.map('env'),
    defaults: defaultsOf(fields),
    ...optional('permissions', permissionsOf(fields)),
    ...optional('concurrency', concurrencyOf(fields)),
    jobs,
    inputs: inputsOf(triggers),
    secrets: secretsOf(call.fields('secrets')),
    outputs: outputsOf(call.fields('outputs')),
    unsupported,
  };
}

/** Of a person and of a caller; a name that both know is the caller's. */
function inputsOf(triggers: readonly Trigger[]): readonly Input[] {
  const inputs = new Map<string, Input>();
  for (const event of ['workflow_call', 'workflow_dispatch']) {
    for (const input of triggers.find((trigger) => trigger.event === event)?.inputs ?? []) {
      if (!inputs.has(input.name)) inputs.set(input.name, input);
    }
  }
  return [...inputs.values()];
}

const secretsOf = (secrets: Fields): Workflow['secrets'] =>
  secrets
    .entries()
    .map(({ key, value }) => ({ name: key, required: new Fields(value, secrets.reading).flag('required') }));

const outputsOf = (outputs: Fields): Workflow['outputs'] =>
  outputs.entries().flatMap(({ key, value }) => {
    const template = new Fields(value, outputs.reading).template('value');
    return template === undefined ? [] : [{ key, value: template }];
  });
