import type { SluiceError } from '#core/error.ts';
import { evaluateMap, evaluateText } from '../expression/evaluate.ts';
import { StepFailure, type StepRun } from '../run/job-state.ts';
import type { Action, TemplateMap, UsesStep } from '../workflow/model.ts';

/** The inputs of an action by name in lower case: what `with` says, else the default. */
export type Inputs = Readonly<Record<string, string>>;

/** `with` of a step, with the secrets that it names. */
export async function givenInputs(
  step: StepRun,
  given: TemplateMap,
  hashFiles: (patterns: readonly string[]) => string,
): Promise<Inputs> {
  const secrets = await step.job.secrets.contextFor(given);
  const values = evaluateMap(given, { ...step.contexts(), ...secrets }, { hashFiles });
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

/** What the action says of its inputs, filled in. One that is required and missing is only warned about, as on the platform. */
export function withDefaults(step: StepRun, action: Action, given: Inputs): Inputs {
  const inputs: Record<string, string> = { ...given };
  for (const { name, required, default: standard } of action.inputs) {
    const key = name.toLowerCase();
    if (inputs[key] !== undefined) continue;
    if (standard !== undefined) inputs[key] = evaluateText(standard, step.contexts());
    else if (required) step.log.line(`##[warning]Input required and not supplied: ${name}`);
  }
  return inputs;
}

/** `INPUT_NAME` for each input: upper case, spaces as underscores. */
export const inputVariables = (inputs: Inputs): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );

/** What stands before a group of lines in the log. */
export function describeUse({ log }: StepRun, { uses }: UsesStep, inputs: Inputs): void {
  log.line(`##[group]Run ${uses}`);
  for (const [name, value] of Object.entries(inputs))
    if (value !== '') log.line(`  ${name}: ${value.split('\n').join('\n    ')}`);
  log.line('##[endgroup]');
}

/** `true` and `false` as YAML 1.2 writes them. */
export function flag(inputs: Inputs, name: string, standard: boolean): boolean {
  const value = (inputs[name] ?? '').trim().toLowerCase();
  if (value === '') return standard;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new StepFailure(`The input ${name} is neither true nor false.`);
}

/** The failure of a step that is an obstacle: it could not be done here. */
export const obstacle = (error: SluiceError): StepFailure => {
  const { code, message, hint, at } = error;
  const place = at === undefined ? {} : { path: at.file, ...(at.line === undefined ? {} : { line: at.line }) };
  const said = `${at === undefined ? '' : `${at.file}:${at.line ?? 1}: `}${message}${hint === undefined ? '' : `\n  ${hint}`}`;
  return new StepFailure(said, { code, message, ...(hint === undefined ? {} : { hint }), ...place });
};
