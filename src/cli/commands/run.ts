import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOfRun, type RunCommand, type RunLogEvent, runWorkflowHere } from '#app/run.ts';
import { proposalOf } from '#app/run-learn.ts';
import { lastLinesIn } from '#app/runs.ts';
import { SluiceError } from '#core/error.ts';
import { liveView, sizeOf } from '../run-live.ts';
import { summaryOf } from '../run-summary.ts';
import { jsonView, plainView, type RunView } from '../run-view.ts';
import { terminalOf } from '../terminal.ts';
import { VERSION } from '../version.ts';

export interface Options {
  readonly folder: string;
  readonly job?: string;
  readonly event?: string;
  readonly eventFile?: string;
  readonly input?: readonly string[];
  readonly var?: readonly string[];
  readonly env?: readonly string[];
  readonly secretFile?: string;
  readonly config?: string;
  readonly rerunFailed?: number | true;
  readonly learn?: boolean;
  readonly unsafeNoSandbox?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

export async function run(workflow: string | undefined, options: Options): Promise<number> {
  const terminal = terminalOf(process.stdout, process.stdout, process.env);
  const live = options.json !== true && (options.watch ?? terminal.interactive);
  const write = (text: string): void => void process.stdout.write(text);
  const view: RunView =
    options.json === true
      ? jsonView(write)
      : live
        ? liveView(
            write,
            terminal.color,
            () => sizeOf(process.stdout),
            () => performance.now(),
          )
        : plainView(write, terminal);
  const seen: RunLogEvent[] = [];
  const tell = (event: RunLogEvent): void => {
    if (event.type === 'seen') seen.push(event);
    view.show(event);
  };
  const interruption = new AbortController();
  // Once: a second one ends this process, and with it every sandbox.
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const { record, folder } = await runWorkflowHere({
      ...commandOf(workflow, options),
      tell,
      lookOn: !live,
      signal: interruption.signal,
    });
    view.close();
    if (options.json !== true) write(summaryOf(record, terminal.color, lastLinesIn(folder)));
    if (options.learn === true) propose(folder, record.workflow.file, seen, options.json === true);
    return exitCodeOfRun(record, interruption.signal.aborted);
  } finally {
    view.close();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function commandOf(workflow: string | undefined, options: Options): Omit<RunCommand, 'tell' | 'lookOn' | 'signal'> {
  const { folder, job, event, eventFile, secretFile, config, rerunFailed } = options;
  return {
    ...{ folder, environment: process.env, version: VERSION },
    ...{ learn: options.learn === true, unsafe: options.unsafeNoSandbox === true },
    inputs: pairs('--input', options.input),
    variables: pairs('--var', options.var),
    env: pairs('--env', options.env),
    ...(workflow === undefined ? {} : { workflow }),
    ...(job === undefined ? {} : { job }),
    ...(event === undefined ? {} : { event }),
    ...(eventFile === undefined ? {} : { eventFile }),
    ...(secretFile === undefined ? {} : { secretFile }),
    ...(config === undefined ? {} : { config }),
    ...(rerunFailed === undefined ? {} : { rerun: rerunFailed }),
  };
}

function pairs(option: string, words: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    words.map((word): [string, string] => {
      const equals = word.indexOf('=');
      if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)];
      throw new SluiceError('option-invalid', `${option} takes name=value`);
    }),
  );
}

function propose(folder: string, workflow: string, seen: readonly RunLogEvent[], quiet: boolean): void {
  const proposal = proposalOf(workflow, seen);
  const file = join(folder, 'network.yaml');
  writeFileSync(file, proposal);
  if (!quiet) process.stdout.write(`\nWhat was reached, as ${file} for sluice.yaml:\n\n${proposal}`);
}
