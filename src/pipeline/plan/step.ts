import { literalOf } from '../expression/node.ts';
import type { Contexts } from '../expression/scope.ts';
import type { RunStep, Step } from '../workflow/model.ts';
import { inspectAction } from './action.ts';
import type { Findings } from './findings.ts';
import { shownText } from './known.ts';
import type { StepPlace } from './place.ts';
import type { PlannedStep } from './schema.ts';
import { secretsOfStep, sorted, TOKEN } from './secrets.ts';
import { shellTrouble } from './shell.ts';
import { shown } from './shown.ts';
import { storesOf } from './stores.ts';

export async function planStep(step: Step, index: number, place: StepPlace): Promise<PlannedStep> {
  const { contexts, findings, trusted } = place;
  const found = findings.forStep(index + 1);
  const named = secretsOfStep(step, place.job, place.workflow);
  const planned = {
    name: nameOf(step, contexts),
    ...(step.id === undefined ? {} : { id: step.id }),
    at: step.at,
    ...(step.if.text === 'success()' ? {} : { condition: shown(step.if.text) }),
  };
  if (step.kind === 'run') {
    await checkShell(step, place, found);
    return { ...planned, secrets: given(named, trusted, found), stores: [] };
  }
  const { use, secrets } = await inspectAction(step, { ...place, findings: found });
  const all = sorted([...named, ...secrets]);
  return { ...planned, action: use, secrets: given(all, trusted, found), stores: storesOf(step, contexts) };
}

/** Code that is not trusted gets the token, which can only read, and nothing else. */
export function given(names: readonly string[], trusted: boolean, findings: Findings): string[] {
  if (trusted) return [...names];
  findings.withhold(names.filter((name) => name !== TOKEN));
  return names.filter((name) => name === TOKEN);
}

const MOST = 72;

function nameOf(step: Step, contexts: Contexts): string {
  const text = step.name === undefined ? undefined : shownText(step.name, contexts);
  if (text !== undefined && text !== '') return short(text);
  if (step.kind === 'uses') return short(`Run ${step.uses}`);
  return short(`Run ${shown(step.run.text.trim().split('\n')[0] ?? '')}`);
}

const short = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text);

function checkShell(step: RunStep, { job, workflow, ports }: StepPlace, findings: Findings): void {
  const template = step.shell ?? job.defaults.shell ?? workflow.defaults.shell;
  const shell = template === undefined ? undefined : literalOf(template);
  if (template === undefined || typeof shell !== 'string') return;
  const trouble = shellTrouble(shell.trim(), ports.machine);
  if (trouble !== undefined) findings.blocks('shell-unavailable', template.at, trouble.message, trouble.hint);
}
