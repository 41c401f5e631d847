import { SluiceError } from '#core/error.ts';
import { evaluateCondition } from '../expression/evaluate.ts';
import type { Contexts, Status } from '../expression/scope.ts';
import { isList, isObject, isPrimitive, numberOf, textOf } from '../expression/value.ts';
import type { Job, StepsJob, Value, Workflow } from '../workflow/model.ts';
import type { Findings } from './findings.ts';
import { knownValue, shownText } from './known.ts';
import { type Combination, combinationName, expandMatrix } from './matrix.ts';
import type { PlannedJob, PlannedMatrix } from './schema.ts';
import { shown } from './shown.ts';

export type Decision = PlannedJob['decision'];

/** What the `if` of a job says, when all that it needs succeeds, or is skipped as well. */
export function decide(job: Job, contexts: Contexts, needs: readonly (Decision | undefined)[]): Decision {
  if (!job.if.contexts.every((name) => Object.hasOwn(contexts, name))) {
    // `needs.x.…` is not known, but `success()` in front of it is: a job that waits for a skipped one is skipped.
    return needs.includes('skipped') && isGuarded(job) ? 'skipped' : 'run-time';
  }
  const status: Status = needs.includes('skipped') ? 'skipped' : 'success';
  try {
    if (!evaluateCondition(job.if, contexts, status)) return 'skipped';
  } catch (error) {
    if (error instanceof SluiceError) return 'run-time';
    throw error;
  }
  return needs.includes('run-time') ? 'run-time' : 'runs';
}

const isGuarded = (job: Job): boolean => (job.if.token as { readonly kind?: string }).kind === 'guarded';

/** The matrix of a job, each job of it with its own name. */
export function planMatrix(job: Job, contexts: Contexts): PlannedMatrix {
  const template = job.strategy.matrix;
  if (template === undefined) return { kind: 'none' };
  const value = knownValue(template, contexts);
  if (value === undefined) return { kind: 'run-time', reason: reasonOf(template.contexts, contexts) };
  const combinations = expandMatrix(value, template.at);
  const total = combinations.length;
  return {
    kind: 'fixed',
    combinations: combinations.map((values, index) => {
      const inner = { ...contexts, matrix: values, strategy: { 'job-index': index, 'job-total': total } };
      return {
        name: nameOf(job, inner, values),
        values: plainOf(values) as Record<string, never>,
        runsOn: job.kind === 'steps' ? labelsOf(job, inner) : [],
      };
    }),
  };
}

/** To be shown, and with the usual prototype, so that any JSON printer takes it. */
function plainOf(value: Value): Value {
  if (typeof value === 'string') return shown(value);
  if (isList(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainOf(one)]));
}

function reasonOf(names: readonly string[], contexts: Contexts): string {
  const unknown = names.filter((name) => !Object.hasOwn(contexts, name)).map((name) => `\`${name}\``);
  return unknown.length === 0 ? 'it depends on values that are not given' : `it reads ${unknown.join(', ')}`;
}

function nameOf(job: Job, contexts: Contexts, values: Combination): string {
  if (job.name?.contexts.includes('matrix') === true) return shownText(job.name, contexts);
  const base = job.name === undefined ? job.id : shownText(job.name, contexts);
  return [base, shown(combinationName(values))].filter((part) => part !== '').join(' ');
}

/** The labels of `runs-on`, and `group/NAME` for a group; none where they are decided at run time. */
export function labelsOf(job: StepsJob, contexts: Contexts): string[] {
  return labelsIn(knownValue(job.runsOn, contexts) ?? null);
}

const MOST_OF_A_LABEL = 256;

function labelsIn(value: Value): string[] {
  if (isList(value)) return value.slice(0, MOST_OF_A_LABEL).filter(isPrimitive).flatMap(labelsIn);
  if (isObject(value)) {
    const group = value['group'];
    return [...labelsIn(value['labels'] ?? null), ...(typeof group === 'string' ? [`group/${group}`] : [])];
  }
  return value === null || value === '' ? [] : [textOf(value).slice(0, MOST_OF_A_LABEL)];
}

/** Keys of the language that we do not act on: what that means for the job. */
const UNSUPPORTED: Readonly<Record<string, { readonly severity: 'blocks' | 'degrades'; readonly why: string }>> = {
  'concurrency.queue': { severity: 'degrades', why: 'of those that wait, only the newest is kept' },
  snapshot: { severity: 'degrades', why: 'no image is made of the machine' },
  'cancel-timeout-minutes': { severity: 'degrades', why: 'a cancelled job is ended after ten seconds' },
  parallel: { severity: 'blocks', why: 'steps run one after the other' },
  services: { severity: 'blocks', why: 'services that one expression names as a whole are not started' },
  'services.entrypoint': { severity: 'blocks', why: 'a service starts as its image says' },
  'services.command': { severity: 'blocks', why: 'a service starts as its image says' },
};

export function checkKeys({ unsupported = [] }: Workflow, job: Job, findings: Findings): void {
  for (const { key, job: id, at } of unsupported) {
    if (id !== job.id) continue;
    const { severity, why } = UNSUPPORTED[key] ?? { severity: 'blocks', why: 'nothing is done with it' };
    findings[severity]('key-unsupported', at, `\`${key}\` is not supported: ${why}`);
  }
}

/** A number of the file that is known: `max-parallel`. */
export function knownNumber(job: Job, contexts: Contexts): number | undefined {
  const template = job.strategy.maxParallel;
  const number = template === undefined ? Number.NaN : numberOf(knownValue(template, contexts) ?? 'unknown');
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
