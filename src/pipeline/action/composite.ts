import { evaluateMap } from '../expression/evaluate.ts';
import { type Scope, StepFailure, type StepRun } from '../run/job-state.ts';
import type { Inputs } from './inputs.ts';
import type { MountedAction } from './node-action.ts';

/** The real platform goes ten deep; a circle of actions would never end. */
const DEEPEST = 10;

/** Runs the steps of a composite action in a scope of their own, and takes its outputs from there. */
export async function runComposite(step: StepRun, mounted: MountedAction, inputs: Inputs): Promise<void> {
  const { runs } = mounted.action;
  if (runs.kind !== 'composite') throw new TypeError('no composite action');
  const { depth } = step.scope;
  if (depth >= DEEPEST) throw new StepFailure(`Actions use each other more than ${DEEPEST} deep.`);
  const scope: Scope = {
    inputs,
    steps: new Map(),
    github: { ...step.scope.github, ...mounted.github },
    env: step.env,
    status: 'success',
    depth: depth + 1,
  };
  try {
    await step.within(scope, runs.steps);
  } finally {
    takeOutputs(step, scope, runs.outputs);
  }
}

function takeOutputs(step: StepRun, scope: Scope, outputs: Parameters<typeof evaluateMap>[0]): void {
  const steps = Object.fromEntries([...scope.steps].map(([id, result]) => [id, { ...result }]));
  const contexts = { ...step.contexts(), inputs: scope.inputs, steps };
  for (const [name, value] of Object.entries(evaluateMap(outputs, contexts))) step.outputs.set(name, value);
}
