import type { Condition, Job, StepsJob, Template, Workflow } from '../workflow/model.ts';
import { readWorkflow } from '../workflow/read.ts';

/** A workflow around some lines of a job with one step. */
export function workflowWith(step: string): Workflow {
  return readWorkflow({ file: 'ci.yml', content: `on: push\njobs:\n  one:\n    runs-on: x\n    steps:\n${step}` });
}

const onlyJob = ({ jobs: [job] }: Workflow): StepsJob => {
  if (job?.kind !== 'steps') throw new Error('the workflow has no job with steps');
  return job;
};

/** The template of `${{ expression }}` in an `env` of a step, where every context can be used. */
export function templateOf(expression: string): Template {
  const content = workflowWith(`      - run: x\n        env:\n          A: ${JSON.stringify(`\${{ ${expression} }}`)}`);
  const template = onlyJob(content).steps[0]?.env[0]?.value;
  if (template === undefined) throw new Error('the step has no env');
  return template;
}

/** The `if` of a step. */
export function conditionOf(text: string): Condition {
  const step = onlyJob(workflowWith(`      - run: x\n        if: ${JSON.stringify(text)}`)).steps[0];
  if (step === undefined) throw new Error('the job has no step');
  return step.if;
}

/** The only job of a workflow. */
export const jobOf = ({ jobs: [job] }: Workflow): Job => {
  if (job === undefined) throw new Error('the workflow has no job');
  return job;
};
