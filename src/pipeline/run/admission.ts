import type { FilePosition } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import { evaluate, evaluateText } from '../expression/evaluate.ts';
import type { Contexts } from '../expression/scope.ts';
import { isList, isPrimitive, textOf } from '../expression/value.ts';
import { labelAnswer } from '../plan/runner.ts';
import type { StepsJob } from '../workflow/model.ts';
import type { RunImage } from './image.ts';
import { StepFailure } from './job-state.ts';

const MACHINE = {
  arch: process.arch === 'arm64' ? 'arm64' : 'x64',
  hasImage: () => true,
  has: () => true,
} as const;

/**
 * Whether a job can run here, before anything of it does: machines and containers that are not here refuse it.
 *
 * @returns the unpacked image that the job runs in, where it names one
 * @throws StepFailure with the problem, at its place in the file
 */
export async function admit(
  job: StepsJob,
  contexts: Contexts,
  images: (image: string) => Promise<RunImage | undefined>,
): Promise<RunImage | undefined> {
  const labels = evaluate(job.runsOn, contexts);
  for (const label of isList(labels) ? labels : [labels]) {
    if (!isPrimitive(label)) continue;
    const { severity, reason } = labelAnswer(textOf(label), MACHINE);
    if (severity === 'blocks') throw refusal('runner-unsupported', `\`${textOf(label)}\`: ${reason}`, job.runsOn.at);
  }
  const [service] = job.services;
  if (service !== undefined) {
    const message = `the service ${service.name} is a container, and nothing here runs containers beside a job`;
    throw refusal('service-unsupported', message, service.container.at, 'Start it in a step, in the background.');
  }
  const image = job.container === undefined ? '' : evaluateText(job.container.image, contexts);
  if (job.container === undefined || image === '') return undefined;
  const found = await images(image);
  if (found !== undefined) return found;
  const hint = 'Name its OCI layout, its archive or a folder with its root in `actions.images` of sluice.yaml.';
  throw refusal('image-missing', `the image ${image} is not here`, job.container.at, hint);
}

function refusal(code: string, message: string, at: FilePosition, hint?: string): StepFailure {
  const place = { path: at.file, ...(at.line === undefined ? {} : { line: at.line }) };
  const problem: Problem = { code, message, ...(hint === undefined ? {} : { hint }), ...place };
  return new StepFailure(message, problem);
}
