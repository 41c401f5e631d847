import { Secret } from '#core/secret.ts';
import { createCommandFiles, type Written } from '../command/files.ts';
import { type Annotation, type CommandEffects, Interpreter, mayBeSet } from '../command/interpreter.ts';
import { LineReader } from '../command/line-reader.ts';
import { environmentOf, toolEnvironment } from './environment.ts';
import { type Execution, type JobState, StepFailure, type StepRun, type Tool } from './job-state.ts';

const OUTPUT_OF_TOOL = 2 ** 20;

/**
 * Runs a program of a step: its output goes through the readers of commands and then through the masker into the log; what
 * it wrote into its command files takes effect once it has ended.
 *
 * @throws StepFailure when a command is refused or a command file cannot be read
 */
export async function execute(step: StepRun, execution: Execution): Promise<number> {
  const { job } = step;
  const files = createCommandFiles(job.layout.commands.host, job.layout.commands.inside);
  const refusals: string[] = [];
  const effects = effectsOf(step, (message) => refusals.push(message));
  const [stdout, stderr] = [outputOf(step, effects), outputOf(step, effects)];
  const github = { ...(step.contexts()['github'] as Record<string, never>), ...execution.github };
  const env = environmentOf(job, {
    image: execution.imageEnv,
    github,
    step: step.env,
    extra: execution.env ?? {},
    commands: files.env,
  });
  let written: Written;
  job.touched = true;
  try {
    const exit = await (execution.sandbox ?? job.sandbox).run({
      step: String(step.number),
      argv: execution.argv,
      env,
      cwd: execution.cwd ?? job.layout.workspace.inside,
      mounts: [...(job.layout.bare ? [] : files.mounts), ...(execution.mounts ?? [])],
      onOutput: (chunk, stream) => (stream === 'stdout' ? stdout : stderr).write(chunk),
      timeoutMs: step.timeLeft(),
      signal: step.signal,
    });
    for (const output of [stdout, stderr]) await output.end();
    if (exit.ended !== 'itself') step.log.line(`##[error]${reasonOf(exit.ended)}`);
    if (exit.ended === 'timeout') throw new StepFailure('The step took longer than it may.');
    written = files.take();
    apply(step, written, effects);
    if (refusals.length > 0) throw new StepFailure(refusals.join('\n'));
    return exit.code;
  } finally {
    files.take();
  }
}

const reasonOf = (ended: 'timeout' | 'cancelled' | 'memory'): string =>
  ended === 'memory'
    ? 'It used more memory than the job may.'
    : ended === 'timeout'
      ? 'Its time is over.'
      : 'It was cancelled.';

/** One of the two streams of a program: commands are taken out, the rest is masked and logged. */
function outputOf(
  step: StepRun,
  effects: CommandEffects,
): { write(chunk: Buffer): Promise<void>; end(): Promise<void> } {
  const masks = step.job.masker.stream();
  const allowUnsecure =
    (step.env['ACTIONS_ALLOW_UNSECURE_COMMANDS'] ?? step.job.env['ACTIONS_ALLOW_UNSECURE_COMMANDS']) === 'true';
  const debug = (step.env['ACTIONS_STEP_DEBUG'] ?? step.job.env['ACTIONS_STEP_DEBUG']) === 'true';
  // What the masker holds back comes before a line of ours; a secret that a command cuts in two is masked line by line.
  const flush = (): void => step.log.write(masks.end());
  const interpreter = new Interpreter({
    effects: { ...effects, log: lineAfter(flush, effects) },
    allowUnsecure,
    debug,
  });
  const reader = new LineReader(interpreter.commandOf, (text) => step.log.write(masks.write(text)));
  return {
    write: (chunk) => reader.write(chunk),
    end: async () => {
      await reader.end();
      flush();
    },
  };
}

const lineAfter =
  (flush: () => void, { log }: CommandEffects): CommandEffects['log'] =>
  (line) => {
    flush();
    return log(line);
  };

function effectsOf(step: StepRun, refuse: (message: string) => void): CommandEffects {
  const { job, log } = step;
  return {
    log: (line) => log.line(line),
    annotate: (annotation) => annotate(step, annotation),
    mask: (value) => {
      const problem = job.masker.add(new Secret(value), 'A value that a step wanted masked');
      if (problem !== undefined) log.line(`##[warning]${problem.message}`);
    },
    setOutput: (name, value) => void step.outputs.set(name, value),
    saveState: (name, value) => void step.state.set(name, value),
    setEnv: (name, value) => {
      job.env[name] = value;
    },
    addPath: (folder) => prepend(job, folder),
    fail: (message) => {
      log.line(`##[error]${message}`);
      refuse(message);
    },
  };
}

/** Said in the log and kept with the run, masked. */
function annotate({ job, log, number }: StepRun, annotation: Annotation): void {
  log.line(`##[${annotation.level}]${annotation.message}`);
  job.report.annotate(number, annotation);
}

function prepend(job: JobState, folder: string): void {
  const at = job.path.indexOf(folder);
  if (at >= 0) job.path.splice(at, 1);
  job.path.unshift(folder);
}

function apply(step: StepRun, written: Written, effects: CommandEffects): void {
  for (const { name, value } of written.env) {
    if (mayBeSet(name)) effects.setEnv(name, value);
    else annotate(step, { level: 'error', message: `${name} cannot be set by way of GITHUB_ENV.` });
  }
  for (const { name, value } of written.outputs) step.outputs.set(name, value);
  for (const { name, value } of written.state) step.state.set(name, value);
  for (const folder of written.path) prepend(step.job, folder);
  if (written.summary !== '') step.job.report.summarise(written.summary);
  for (const error of written.errors) void effects.fail(error);
}

/** Runs a program of ours in the sandbox of the job; what it writes to standard error goes to the log. */
export async function runTool(step: StepRun, tool: Tool): Promise<{ code: number; output: string }> {
  const { job } = step;
  const masks = job.masker.stream();
  const kept: Buffer[] = [];
  let size = 0;
  job.touched = true;
  const { code } = await job.sandbox.run({
    step: String(step.number),
    argv: tool.argv,
    env: { ...toolEnvironment(job), ...tool.env },
    cwd: tool.cwd ?? job.layout.workspace.inside,
    ...(tool.mounts === undefined ? {} : { mounts: tool.mounts }),
    onOutput: (chunk, stream) => {
      if (stream === 'stderr') step.log.write(masks.write(chunk));
      else if (size < OUTPUT_OF_TOOL) kept.push(chunk.subarray(0, OUTPUT_OF_TOOL - size));
      if (stream === 'stdout') size += chunk.length;
    },
    timeoutMs: step.timeLeft(),
    signal: step.signal,
  });
  step.log.write(masks.end());
  return { code, output: Buffer.concat(kept).toString('utf8') };
}
