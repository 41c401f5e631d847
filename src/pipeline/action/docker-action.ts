import { SluiceError } from '#core/error.ts';
import { evaluateMap, evaluateText } from '../expression/evaluate.ts';
import { StepFailure, type StepRun } from '../run/job-state.ts';
import type { Template, TemplateMap, UsesStep } from '../workflow/model.ts';
import { type Inputs, inputVariables, obstacle } from './inputs.ts';
import type { MountedAction } from './node-action.ts';

/** What is run in an image. */
export interface ImageRun {
  readonly image: string;
  readonly inputs: Inputs;
  readonly entrypoint?: string;
  readonly args: readonly Template[];
  readonly env: TemplateMap;
}

/** An action that is an image. Its Dockerfile is not built here: that would run it with a network and without a sandbox. */
export async function runDocker(step: StepRun, of: UsesStep, { action }: MountedAction, inputs: Inputs): Promise<void> {
  const { runs } = action;
  if (runs.kind !== 'docker') throw new TypeError('no action of an image');
  const { image, entrypoint, args, env } = runs;
  if (!image.startsWith('docker://')) {
    const hint = 'Images are not built here. Say what it does in a `run` step, or use an action of another kind.';
    throw obstacle(
      new SluiceError('container-unsupported', `${of.uses} is built from its ${image}`, { at: of.at, hint }),
    );
  }
  const name = image.slice('docker://'.length);
  await runImage(step, of, { image: name, inputs, args, env, ...(entrypoint === undefined ? {} : { entrypoint }) });
}

/** Runs an image whose root is unpacked on this machine, in a sandbox of its own that shares the folders of the job. */
export async function runImage(
  step: StepRun,
  of: UsesStep,
  { image, inputs, entrypoint, args, env }: ImageRun,
): Promise<void> {
  const { at } = of;
  const container = await step.job.container(image);
  if (container === undefined) {
    const hint = 'Name its OCI layout, its archive or a folder with its root in `actions.images` of sluice.yaml.';
    throw obstacle(new SluiceError('image-missing', `the image ${image} is not here`, { at, hint }));
  }
  const contexts = { ...step.contexts(), inputs };
  const { sandbox } = container;
  const { config } = container.image;
  try {
    const words = given(inputs, 'args')?.split(/\s+/) ?? args.map((arg) => evaluateText(arg, contexts));
    const program = given(inputs, 'entrypoint') ?? entrypoint;
    // As Docker does it: another entrypoint takes the command of the image with it.
    const command = words.length === 0 && program === undefined ? (config?.cmd ?? []) : words;
    const [first, ...rest] = [...(program === undefined ? (config?.entrypoint ?? []) : [program]), ...command];
    if (first === undefined) {
      const hint = 'An unpacked image does not tell what it starts: write `with: { entrypoint: … }`.';
      throw obstacle(new SluiceError('entrypoint-missing', `what ${image} is to run is not known`, { at, hint }));
    }
    const own = { ...evaluateMap(env, contexts), ...inputVariables(inputs), ...step.job.runtime };
    const code = await step.execute({ argv: [first, ...rest], env: own, sandbox, imageEnv: config?.env ?? {} });
    if (code !== 0) throw new StepFailure(`The container ended with exit code ${code}.`);
  } finally {
    await sandbox.close();
  }
}

const given = (inputs: Inputs, name: string): string | undefined => (inputs[name] === '' ? undefined : inputs[name]);
