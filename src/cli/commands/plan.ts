import { exitCodeOf, planWorkflows } from '#app/plan.ts';
import { renderPlans } from '#app/plan-text.ts';
import { print } from '../output.ts';
import { terminalOf } from '../terminal.ts';

interface Options {
  readonly folder: string;
  readonly event?: string;
  readonly payload?: string;
  readonly input?: readonly string[];
  readonly untrusted?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

export async function run(workflow: string | undefined, options: Options): Promise<number> {
  const { folder, event, payload, input = [], untrusted = false, config } = options;
  const report = await planWorkflows({
    folder,
    inputs: input,
    untrusted,
    environment: process.env,
    ...(workflow === undefined ? {} : { workflow }),
    ...(event === undefined ? {} : { event }),
    ...(payload === undefined ? {} : { payload }),
    ...(config === undefined ? {} : { config }),
  });
  const { color, width } = terminalOf(process.stdout, process.stderr, process.env);
  const text =
    options.json === true ? JSON.stringify(report, null, 2) : renderPlans(report, { color, width, verbose: false });
  await print(options.json === true ? `${text}\n` : text);
  return exitCodeOf(report);
}
