import { posix } from 'node:path';
import type { Mount } from '#core/sandbox.ts';
import { evaluateCondition } from '../expression/evaluate.ts';
import { type Scope, StepFailure, type StepRun } from '../run/job-state.ts';
import type { Action } from '../workflow/model.ts';
import { type Inputs, inputVariables } from './inputs.ts';

/** An action as a step sees it. */
export interface MountedAction {
  readonly action: Action;
  /** Where its files are seen. */
  readonly path: string;
  readonly mounts: readonly Mount[];
  /** What the `github` context says of it. */
  readonly github: Scope['github'];
}

/** Runs a JavaScript action, and leaves its `post` for the end of the job. Its state goes from one to the other. */
export async function runNode(
  step: StepRun,
  mounted: MountedAction,
  inputs: Inputs,
  name: string,
  state: Map<string, string>,
): Promise<void> {
  const { runs } = mounted.action;
  if (runs.kind !== 'node') throw new TypeError('no JavaScript action');
  const { post, postIf } = runs;
  if (post !== undefined) {
    step.job.posts.push({
      name: `Post ${name}`,
      scope: step.scope,
      env: step.env,
      when: async () => {
        if (postIf === undefined) return true;
        return evaluateCondition(postIf, step.contexts(), step.scope.status);
      },
      run: (later) => runStage(later, mounted, post, inputs, state),
    });
  }
  await runStage(step, mounted, runs.main, inputs, state);
}

/** `pre`, `main` or `post`. What it saves as state, later stages see as `STATE_NAME`. */
export async function runStage(
  step: StepRun,
  mounted: MountedAction,
  file: string,
  inputs: Inputs,
  state: Map<string, string>,
): Promise<void> {
  const { job } = step;
  const program = posix.join(mounted.path, file);
  if (!program.startsWith(`${mounted.path}/`)) throw new StepFailure('The program of an action lies outside of it.');
  const kept = Object.fromEntries([...state].map(([name, value]) => [`STATE_${name}`, value]));
  const code = await step.execute({
    github: mounted.github,
    argv: [job.layout.node.inside, program],
    env: { ...inputVariables(inputs), ...kept, ...job.runtime },
    mounts: mounted.mounts,
  });
  for (const [name, value] of step.state) state.set(name, value);
  if (code !== 0) throw new StepFailure(`The action ended with exit code ${code}.`);
}
