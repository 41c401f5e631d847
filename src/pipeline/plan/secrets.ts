import type { Job, Step, StepsJob, Template, TemplateMap, Workflow } from '../workflow/model.ts';

/** The token of the run: every run has one, with the permissions of the job. */
export const TOKEN = 'GITHUB_TOKEN';

const ofMap = (map: TemplateMap): readonly string[] => map.flatMap(({ value }) => value.secrets);
const ofAll = (...templates: readonly (Template | undefined)[]): readonly string[] =>
  templates.flatMap((one) => one?.secrets ?? []);

/** The names of the secrets that a step would get, by its own words and by the environment of its job and workflow. */
export function secretsOfStep(step: Step, job: StepsJob, workflow: Workflow): string[] {
  const own = [...ofAll(step.name, step.if, step.continueOnError, step.timeoutMinutes), ...ofMap(step.env)];
  const rest =
    step.kind === 'run'
      ? ofAll(step.run, step.shell, step.workingDirectory, job.defaults.shell, job.defaults.workingDirectory)
      : ofMap(step.with);
  return sorted([...own, ...rest, ...ofMap(job.env), ...ofMap(workflow.env)]);
}

/** Those that a job hands on or uses outside of its steps. */
export function secretsOfJob(job: Job): string[] {
  if (job.kind === 'call') return job.secrets === 'inherit' ? ['*'] : sorted(ofMap(job.secrets));
  const containers = [
    ...(job.container === undefined ? [] : [job.container]),
    ...job.services.map((one) => one.container),
  ];
  const inContainers = containers.flatMap(({ image, env, credentials }) => [
    ...ofAll(image, credentials?.username, credentials?.password),
    ...ofMap(env),
  ]);
  return sorted([...inContainers, ...ofMap(job.outputs), ...ofMap(job.env)]);
}

export const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();
