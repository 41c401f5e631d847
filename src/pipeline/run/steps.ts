import { SluiceError } from '#core/error.ts';
import {
  evaluateBoolean,
  evaluateCondition,
  evaluateMap,
  evaluateNumber,
  evaluateText,
} from '../expression/evaluate.ts';
import type { Contexts, Functions } from '../expression/scope.ts';
import type { Step, Template } from '../workflow/model.ts';
import { execute, runTool } from './execute.ts';
import { type JobState, type Scope, StepFailure, type StepRun } from './job-state.ts';
import type { Conclusion } from './record.ts';
import type { StepLog } from './step-log.ts';

/** What does the work of one step; `run` for scripts, `uses` for actions. */
export interface StepKinds {
  readonly run: (step: StepRun, of: Extract<Step, { kind: 'run' }>) => Promise<void>;
  readonly uses: (step: StepRun, of: Extract<Step, { kind: 'uses' }>) => Promise<void>;
  readonly hashFiles: (job: JobState) => NonNullable<Functions['hashFiles']>;
}

/** Where a step is numbered, logged and told of; within a composite action that of the step that uses it. */
export interface StepFrame {
  readonly number: number;
  readonly log: StepLog;
  /** Milliseconds since some start, at which the job ends. */
  readonly deadline: number;
}

export interface StepEnd {
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

const MINUTE = 60_000;

/** Runs single steps of a job: whether, with what, how long, and what its end means. */
export class StepRunner {
  readonly #kinds: StepKinds;
  readonly #job: JobState;
  /** Aborted when the job is, for steps that began before it; steps that run in spite of that get a new one. */
  readonly signalFor: () => AbortSignal;

  constructor(kinds: StepKinds, job: JobState, signalFor: () => AbortSignal) {
    this.#kinds = kinds;
    this.#job = job;
    this.signalFor = signalFor;
  }

  /** How it ended; what went wrong has been said in its log. `scope` knows the result afterwards. */
  async run(step: Step, scope: Scope, frame: StepFrame): Promise<StepEnd> {
    const outputs = new Map<string, string>();
    const end = await this.#attempt(step, scope, frame, outputs);
    const result = { outputs: Object.fromEntries(outputs), ...end };
    if (step.id !== undefined) scope.steps.set(step.id, result);
    if (end.conclusion === 'failure' && scope.status === 'success') scope.status = 'failure';
    return end;
  }

  async #attempt(step: Step, scope: Scope, frame: StepFrame, outputs: Map<string, string>): Promise<StepEnd> {
    try {
      const env = { ...scope.env, ...(await this.#map(step.env, scope, scope.env)) };
      const contexts = this.contexts(scope, env);
      const secrets = await this.#job.secrets.contextFor(step.if);
      const functions = { hashFiles: this.#kinds.hashFiles(this.#job) };
      if (!evaluateCondition(step.if, { ...contexts, ...secrets }, scope.status, functions)) {
        return { outcome: 'skipped', conclusion: 'skipped' };
      }
      // What would run in a cancelled job is not ended by a cancellation.
      const survives = evaluateCondition(step.if, { ...contexts, ...secrets }, 'cancelled', functions);
      const minutes = this.#minutes(step, scope, env);
      const running = this.stepRun(scope, frame, env, outputs, { minutes, survives });
      const outcome = await this.#work(step, running);
      const forgiven = outcome === 'failure' && this.#flag(step.continueOnError, contexts);
      return { outcome, conclusion: forgiven ? 'success' : outcome };
    } catch (error) {
      this.#say(frame, error);
      return { outcome: 'failure', conclusion: 'failure' };
    }
  }

  async #work(step: Step, running: StepRun): Promise<'success' | 'failure' | 'cancelled'> {
    try {
      if (step.kind === 'run') await this.#kinds.run(running, step);
      else await this.#kinds.uses(running, step);
      return running.signal.aborted ? 'cancelled' : 'success';
    } catch (error) {
      if (running.signal.aborted) return 'cancelled';
      this.#say(running, error);
      return 'failure';
    }
  }

  /** A step as its kind of work sees it; also for the work that actions leave for the end of a job. */
  stepRun(
    scope: Scope,
    frame: StepFrame,
    env: Readonly<Record<string, string>>,
    outputs: Map<string, string>,
    { minutes, survives = false }: { readonly minutes?: number | undefined; readonly survives?: boolean } = {},
  ): StepRun {
    const start = performance.now();
    const end = Math.min(frame.deadline, minutes === undefined ? Number.POSITIVE_INFINITY : start + minutes * MINUTE);
    const { number, log } = frame;
    const step: StepRun = {
      ...{
        job: this.#job,
        scope,
        number,
        log,
        env,
        outputs,
        state: new Map(),
        signal: survives ? new AbortController().signal : this.signalFor(),
      },
      timeLeft: () => Math.max(1, end - performance.now()),
      contexts: () => this.contexts(scope, env),
      execute: (execution) => execute(step, execution),
      tool: (tool) => runTool(step, tool),
      within: (inner, steps) => this.#within(inner, steps, { ...frame, deadline: end }),
    };
    return step;
  }

  /** The steps of a composite action: the first that fails ends it, but for those that want to run all the same. */
  async #within(scope: Scope, steps: readonly Step[], frame: StepFrame): Promise<void> {
    for (const step of steps) {
      const { conclusion } = await this.run(step, scope, frame);
      if (conclusion === 'cancelled') scope.status = 'cancelled';
    }
    if (scope.status === 'failure') throw new StepFailure('A step of the action failed.');
  }

  contexts(scope: Scope, env: Readonly<Record<string, string>>): Contexts {
    const job = this.#job;
    const steps = Object.fromEntries([...scope.steps].map(([id, result]) => [id, { ...result }]));
    const github = { ...(job.contexts['github'] as object), ...scope.github };
    const status = scope.status;
    return {
      ...job.contexts,
      github,
      inputs: scope.inputs,
      env: { ...job.env, ...env },
      steps,
      job: { ...(job.contexts['job'] as object), status },
    };
  }

  async #map(map: Step['env'], scope: Scope, env: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    if (map.length === 0) return {};
    const secrets = await this.#job.secrets.contextFor(map);
    const functions = { hashFiles: this.#kinds.hashFiles(this.#job) };
    return { ...evaluateMap(map, { ...this.contexts(scope, env), ...secrets }, functions) };
  }

  #flag(template: Template | undefined, contexts: Contexts): boolean {
    return template !== undefined && evaluateBoolean(template, contexts);
  }

  #minutes(step: Step, scope: Scope, env: Readonly<Record<string, string>>): number | undefined {
    return step.timeoutMinutes === undefined
      ? undefined
      : evaluateNumber(step.timeoutMinutes, this.contexts(scope, env));
  }

  /** A defect of ours is not the failure of a step. */
  #say({ log }: Pick<StepFrame, 'log'>, error: unknown): void {
    if (error instanceof StepFailure) {
      log.line(`##[error]${error.message}`);
      if (error.problem !== undefined) {
        this.#job.report.problem(error.problem);
        this.#job.report.notRun();
      }
    } else if (error instanceof SluiceError) {
      const { at } = error;
      log.line(`##[error]${at === undefined ? '' : `${at.file}:${at.line ?? 1}: `}${error.message}`);
    } else throw error;
  }
}

/** The text of a template of a step, with the secrets that it names. */
export async function stepText(step: StepRun, template: Template, hashFiles: Functions['hashFiles']): Promise<string> {
  const secrets = await step.job.secrets.contextFor(template);
  return evaluateText(template, { ...step.contexts(), ...secrets }, hashFiles === undefined ? {} : { hashFiles });
}
