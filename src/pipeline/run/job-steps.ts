import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import { obstacle } from '../action/inputs.ts';
import { runStage } from '../action/node-action.ts';
import { findRemote, referenceOf } from '../action/resolve.ts';
import { type ActionKit, mountAction, stateOf } from '../action/uses.ts';
import { evaluateCondition, evaluateText } from '../expression/evaluate.ts';
import type { Step, StepsJob, UsesStep } from '../workflow/model.ts';
import { type JobState, type Post, type Scope, StepFailure } from './job-state.ts';
import type { Conclusion, RunLogEntry, StepRecord } from './record.ts';
import { StepLog } from './step-log.ts';
import type { StepEnd, StepFrame, StepRunner } from './steps.ts';

export interface StepSequence {
  readonly job: JobState;
  readonly scope: Scope;
  readonly runner: StepRunner;
  readonly kit: ActionKit;
  /** Milliseconds at which the job, or what it may still do once it was cancelled, ends. */
  readonly deadline: () => number;
  /** The folder of the run, and where the logs of the job lie in it. */
  readonly folder: string;
  readonly logs: string;
  readonly emit: (entry: RunLogEntry) => void;
  readonly lookOn: boolean;
  /** Bytes of the log of one step. */
  readonly logBytes: number;
}

/** Runs all steps of a job: what actions do before, the steps, and in reverse order what actions do afterwards. */
export async function runSequence(sequence: StepSequence, { steps }: StepsJob): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  const take = async (
    name: string,
    id: string | undefined,
    work: (frame: StepFrame) => Promise<StepEnd>,
  ): Promise<void> => {
    records.push(await record(sequence, records.length + 1, name, id, work));
  };
  if (sequence.job.signal.aborted) sequence.scope.status = 'cancelled';
  for (const step of steps) {
    const before = await preOf(sequence, step);
    if (before !== undefined) await take(`Pre ${nameOf(sequence, step)}`, undefined, before);
  }
  for (const step of steps) {
    await take(nameOf(sequence, step), step.id, (frame) => sequence.runner.run(step, sequence.scope, frame));
    if (sequence.job.signal.aborted) sequence.scope.status = 'cancelled';
  }
  for (let post = sequence.job.posts.pop(); post !== undefined; post = sequence.job.posts.pop()) {
    const current = post;
    await take(current.name, undefined, (frame) => runPost(sequence, current, frame));
  }
  return records;
}

/** Logs, counts and tells of one step. */
async function record(
  { job, scope, folder, logs, emit, lookOn, logBytes, deadline }: StepSequence,
  number: number,
  name: string,
  id: string | undefined,
  work: (frame: StepFrame) => Promise<StepEnd>,
): Promise<StepRecord> {
  const shown = job.masker.mask(name);
  const file = `${logs}/${String(number).padStart(2, '0')}-${slug(shown)}.log`;
  const onText = (text: string): void => emit({ type: 'log', job: job.key, step: number, text });
  const log = new StepLog(join(folder, file), job.masker, logBytes, lookOn ? onText : undefined);
  emit({ type: 'step-started', job: job.key, step: number, name: shown });
  const start = performance.now();
  const worked = await work({ number, log, deadline: deadline() });
  const logSha256 = log.close();
  for (const problem of problemsOf(log, shown)) job.report.problem(problem);
  // A step whose log is not whole for want of room cannot be vouched for.
  const end: StepEnd = log.full ? { outcome: 'failure', conclusion: 'failure' } : worked;
  if (log.full) job.report.notRun();
  if (log.full && scope.status === 'success') scope.status = 'failure';
  const ms = Math.round(performance.now() - start);
  emit({ type: 'step-ended', job: job.key, step: number, ...end, ms });
  return { number, name: shown, ...(id === undefined ? {} : { id }), ...end, ms, log: file, logSha256 };
}

function problemsOf({ full, leftOut }: StepLog, step: string): Problem[] {
  const room = 'Free some room on the disk that the repository lies on.';
  if (full) return [{ code: 'disk-full', message: `there is no room for the log of the step \`${step}\``, hint: room }];
  const hint = '`run.log` of sluice.yaml sets how much of a step is kept.';
  const message = `${leftOut} bytes in the middle of the log of the step \`${step}\` were not kept`;
  return leftOut === 0 ? [] : [{ code: 'log-bounded', message, hint }];
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-|-$/g, '') || 'step';

/** The name as far as it can be told before the step runs. */
function nameOf({ job, scope, runner }: StepSequence, step: Step): string {
  if (step.name !== undefined) {
    if (step.name.literal) return step.name.text;
    try {
      return evaluateText(step.name, runner.contexts(scope, {}));
    } catch (error) {
      if (error instanceof SluiceError) return step.name.text;
      throw error;
    }
  }
  if (step.kind === 'uses') return `Run ${step.uses}`;
  const first = step.run.text.trim().split('\n')[0] ?? '';
  return `Run ${job.masker.mask(first)}`;
}

/** What an action of another repository wants done before all steps. */
async function preOf(sequence: StepSequence, step: Step) {
  if (step.kind !== 'uses' || step.uses.startsWith('$/')) return undefined;
  const reference = referenceOf(step.uses, step.at);
  if (reference.kind !== 'remote') return undefined;
  const { job, scope, runner, kit } = sequence;
  const found = await findRemote(reference, step.at, kit.mirror).catch((error: unknown) => {
    throw error instanceof SluiceError ? obstacle(error) : error;
  });
  const { runs } = found.action;
  if (runs.kind !== 'node' || runs.pre === undefined) return undefined;
  const { pre, preIf } = runs;
  return (frame: StepFrame): Promise<StepEnd> => {
    const running = runner.stepRun(scope, frame, {}, new Map());
    const wanted = preIf === undefined || evaluateCondition(preIf, running.contexts(), scope.status);
    const work = () => runStage(running, mountAction({ job }, found), pre, literalInputs(step), stateOf(kit, step));
    return wanted ? ended(sequence, frame, work) : Promise.resolve(SKIPPED);
  };
}

const literalInputs = (step: UsesStep): Record<string, string> =>
  Object.fromEntries(step.with.flatMap(({ key, value }) => (value.literal ? [[key.toLowerCase(), value.text]] : [])));

async function runPost(sequence: StepSequence, post: Post, frame: StepFrame): Promise<StepEnd> {
  if (!(await post.when())) return SKIPPED;
  const running = sequence.runner.stepRun(post.scope, frame, post.env, new Map());
  return ended(sequence, frame, () => post.run(running));
}

const SKIPPED: StepEnd = { outcome: 'skipped', conclusion: 'skipped' };

/** The end of work that is no step of the file: its failure is that of the job. */
async function ended({ scope, job }: StepSequence, { log }: StepFrame, work: () => Promise<void>): Promise<StepEnd> {
  let conclusion: Conclusion = 'success';
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StepFailure || error instanceof SluiceError)) throw error;
    conclusion = job.signal.aborted ? 'cancelled' : 'failure';
    log.line(`##[error]${error.message}`);
    if (scope.status === 'success' && conclusion === 'failure') scope.status = 'failure';
  }
  return { outcome: conclusion, conclusion };
}
