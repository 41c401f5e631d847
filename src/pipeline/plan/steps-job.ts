import { literalOf } from '../expression/node.ts';
import type { Contexts } from '../expression/scope.ts';
import type { StepsJob } from '../workflow/model.ts';
import type { Findings } from './findings.ts';
import { labelsOf } from './job.ts';
import { shownText } from './known.ts';
import type { StepPlace } from './place.ts';
import type { PlanPorts } from './ports.ts';
import { labelAnswer } from './runner.ts';
import type { PlannedMatrix, PlannedStepsJob } from './schema.ts';
import { planStep } from './step.ts';

/** What a job with steps has beside what every job has. */
export type StepsPart = Pick<
  PlannedStepsJob,
  'runsOn' | 'environment' | 'timeoutMinutes' | 'containers' | 'network' | 'outputs' | 'steps'
>;

export async function planSteps(place: StepPlace, matrix: PlannedMatrix): Promise<StepsPart> {
  const { job, contexts, ports, findings } = place;
  checkRunner(job, matrix, place);
  checkContainers(job, ports, findings);
  const steps: PlannedStepsJob['steps'] = [];
  for (const [index, step] of job.steps.entries()) steps.push(await planStep(step, index, place));
  return {
    runsOn: labelsOf(job, contexts).join(', ') || job.runsOn.text,
    ...(job.environment === undefined ? {} : { environment: shownText(job.environment.name, contexts) }),
    ...(job.timeoutMinutes === undefined ? {} : { timeoutMinutes: shownText(job.timeoutMinutes, contexts) }),
    containers: containersOf(job, contexts),
    network: [...ports.network(job.id, place.workflow.file)],
    outputs: job.outputs.map(({ key }) => key),
    steps,
  };
}

/** Labels by what they answer, each with the jobs of the matrix that have them. */
function checkRunner(job: StepsJob, matrix: PlannedMatrix, { contexts, ports, findings }: StepPlace): void {
  const asked = new Map<string, string[]>();
  if (matrix.kind === 'fixed') {
    for (const { name, runsOn } of matrix.combinations) {
      for (const label of runsOn) {
        const known = asked.get(label);
        if (known === undefined) asked.set(label, [name]);
        else known.push(name);
      }
    }
  } else for (const label of labelsOf(job, contexts)) asked.set(label, []);
  for (const [label, names] of asked) {
    const { severity, reason } = labelAnswer(label, ports.machine);
    const only = matrix.kind === 'fixed' && names.length < matrix.combinations.length ? names : undefined;
    const message = `\`${label}\` cannot be had here: ${reason}`;
    if (severity === 'blocks') findings.blocks('runner-unavailable', job.runsOn.at, message, HINT, only);
    else if (severity === 'degrades') {
      findings.degrades('runner-unknown', job.runsOn.at, `\`${label}\`: ${reason}`, undefined, only);
    }
  }
}

const HINT = 'Run it where such machines are; the other jobs can run here.';

function checkContainers(job: StepsJob, { machine }: PlanPorts, findings: Findings): void {
  const image = job.container === undefined ? undefined : literalOf(job.container.image);
  if (job.container !== undefined && typeof image === 'string' && !machine.hasImage(image)) {
    const message = `the image \`${image}\` of the job is not here`;
    findings.blocks('container-unavailable', job.container.at, message, 'Name it in `actions.images` of sluice.yaml.');
  }
  for (const { name, container } of job.services) {
    findings.blocks(
      'container-unavailable',
      container.at,
      `the service \`${name}\` is a container beside the job, and nothing here runs one`,
      'Start the program in a step of the job, in the background.',
    );
  }
}

function containersOf(job: StepsJob, contexts: Contexts): PlannedStepsJob['containers'] {
  const own = job.container === undefined ? [] : [{ name: 'job', image: shownText(job.container.image, contexts) }];
  return [
    ...own,
    ...job.services.map(({ name, container }) => ({ name, image: shownText(container.image, contexts) })),
  ];
}
