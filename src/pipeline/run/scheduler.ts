import { SluiceError } from '#core/error.ts';
import type { SecretSource } from '#core/secret-source.ts';
import {
  evaluate,
  evaluateBoolean,
  evaluateCondition,
  evaluateMap,
  evaluateNumber,
  evaluateText,
} from '../expression/evaluate.ts';
import type { Contexts, Status } from '../expression/scope.ts';
import { type Combination, combinationName, expandMatrix } from '../plan/matrix.ts';
import type { CallJob, Job, StepsJob, Value, Workflow } from '../workflow/model.ts';
import { calledWorkflow, callSecrets, inputsOf } from './call.ts';
import type { ConcurrencyGroups } from './concurrency.ts';
import { type JobEnd, needed, needsOf, nonEmpty, problemOf, together } from './ends.ts';
import { runJob } from './job.ts';
import type { Conclusion, JobRecord } from './record.ts';
import type { SharedMasks } from './secrets.ts';
import type { RunSetting } from './setting.ts';
import { Slots } from './slots.ts';

/** One workflow to run: that of the run, or one that a job of it is. */
export interface WorkflowCall {
  readonly workflow: Workflow;
  /** Stands before the names of its jobs: `caller / `. */
  readonly prefix: string;
  /** `github`, `vars`, `inputs`. */
  readonly contexts: Contexts;
  readonly secrets: SecretSource;
  /** Only this job and what it needs. */
  readonly only?: string;
  readonly depth: number;
}

/** What the jobs of a run share while it goes on. */
export interface RunShared {
  readonly setting: RunSetting;
  readonly slots: Slots;
  readonly groups: ConcurrencyGroups;
  readonly masks: SharedMasks;
  readonly nextNumber: () => number;
  /** Jobs of an earlier run that need not run again, by key. */
  readonly reuse: ReadonlyMap<string, JobRecord>;
  readonly reusedFrom?: number;
  /** Told each job once it has ended, also those that never ran. */
  readonly onRecord: (record: JobRecord) => void;
}

/** The real platform nests workflows ten deep. */
const DEEPEST = 10;
/** A job that was skipped is neither a success nor a failure to those that need it. */
const NEITHER = 'skipped' as Status;

/** Runs the jobs of a workflow, each as soon as those that it needs have ended. */
export async function runWorkflow(call: WorkflowCall, shared: RunShared, cancel: AbortSignal): Promise<JobEnd> {
  const run = new RunningWorkflow(call, shared, cancel);
  const ends = await run.all();
  const { contexts, workflow } = call;
  const jobs = Object.fromEntries([...ends].map(([id, { result, outputs }]) => [id, { result, outputs }]));
  return {
    result: together([...ends.values()].map(({ result }) => result)),
    outputs: { ...evaluateMap(workflow.outputs, { ...contexts, jobs }) },
  };
}

interface Naming {
  /** Names it within the run. */
  readonly key: string;
  /** For people. */
  readonly name: string;
}

class RunningWorkflow {
  readonly #call: WorkflowCall;
  readonly #shared: RunShared;
  readonly #cancel: AbortSignal;
  readonly #ends = new Map<string, Promise<JobEnd>>();
  readonly #jobs: readonly Job[];
  readonly #names = new Map<string, number>();

  constructor(call: WorkflowCall, shared: RunShared, cancel: AbortSignal) {
    this.#call = call;
    this.#shared = shared;
    this.#cancel = cancel;
    this.#jobs = call.only === undefined ? call.workflow.jobs : needed(call.workflow, call.only);
  }

  async all(): Promise<ReadonlyMap<string, JobEnd>> {
    // All of them wait at once; the first `await` of each lets the others be entered before any looks for its needs.
    for (const job of this.#jobs) this.#ends.set(job.id, this.#job(job));
    const ends = new Map<string, JobEnd>();
    for (const [id, end] of this.#ends) ends.set(id, await end);
    return ends;
  }

  async #job(job: Job): Promise<JobEnd> {
    await Promise.resolve();
    const ancestors = await this.#ancestors(job);
    const contexts: Contexts = { ...this.#call.contexts, needs: needsOf(job, ancestors) };
    try {
      const status = (names: readonly string[]): Status => this.#status(job, ancestors, names);
      if (!evaluateCondition(job.if, contexts, status)) {
        return this.#unrun(job, this.#cancel.aborted ? 'cancelled' : 'skipped');
      }
      const instances = this.#instances(job, contexts);
      return await this.#instancesEnd(job, instances, contexts);
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return this.#unrun(job, 'failure', error);
    }
  }

  /** All that a job needs, and what those need. */
  async #ancestors(job: Job): Promise<ReadonlyMap<string, JobEnd>> {
    const found = new Map<string, JobEnd>();
    const visit = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) {
        const end = this.#ends.get(id);
        if (found.has(id) || end === undefined) continue;
        found.set(id, await end);
        await visit(this.#jobs.find((one) => one.id === id)?.needs ?? []);
      }
    };
    await visit(job.needs);
    return found;
  }

  #status(job: Job, ancestors: ReadonlyMap<string, JobEnd>, names: readonly string[]): Status {
    if (this.#cancel.aborted) return 'cancelled';
    const asked = names.length === 0 ? [...ancestors.values()] : names.flatMap((name) => ancestors.get(name) ?? []);
    const results = asked.map(({ result }) => result);
    if (results.includes('failure')) return 'failure';
    if (results.every((result) => result === 'success')) return 'success';
    return job.needs.length === 0 ? 'success' : NEITHER;
  }

  #instances(job: Job, contexts: Contexts): readonly (Combination | undefined)[] {
    const { matrix } = job.strategy;
    return matrix === undefined ? [undefined] : expandMatrix(evaluate(matrix, contexts), matrix.at);
  }

  async #instancesEnd(job: Job, instances: readonly (Combination | undefined)[], contexts: Contexts): Promise<JobEnd> {
    const { failFast, maxParallel } = job.strategy;
    const failsFast = failFast === undefined || evaluateBoolean(failFast, contexts);
    const most = maxParallel === undefined ? instances.length : Math.max(1, evaluateNumber(maxParallel, contexts));
    const others = new AbortController();
    const cancel = AbortSignal.any([this.#cancel, others.signal]);
    const slots = new Slots(most);
    // All of them before any starts: a name that cannot be evaluated is the failure of the whole job.
    const prepared = instances.map((matrix, index) => {
      const strategy = {
        'fail-fast': failsFast,
        'job-index': index,
        'job-total': instances.length,
        'max-parallel': most,
      };
      const own: Contexts = { ...contexts, matrix: matrix ?? null, strategy };
      return { own, naming: this.#naming(job, matrix, own) };
    });
    const run = async ({ own, naming }: (typeof prepared)[number]): Promise<JobEnd> => {
      const end = await slots.within(() => this.#instance(job, naming, own, cancel));
      if (end.result === 'failure' && end.notRun !== true && failsFast && instances.length > 1) others.abort();
      return end;
    };
    const ends = await Promise.all(prepared.map(run));
    const outputs = Object.assign({}, ...ends.map((end) => nonEmpty(end.outputs))) as Record<string, string>;
    return { result: together(ends.map(({ result }) => result)), outputs };
  }

  async #instance(job: Job, { key, name }: Naming, contexts: Contexts, cancel: AbortSignal): Promise<JobEnd> {
    const reused = this.#shared.reuse.get(key);
    if (reused !== undefined && job.kind === 'steps') return this.#reuse(reused);
    if (cancel.aborted && !survives(job, contexts)) return this.#unrun(job, 'cancelled', undefined, key);
    try {
      return await this.#inGroup(job, contexts, cancel, key, (signal) =>
        job.kind === 'steps'
          ? this.#steps(job, key, name, contexts, signal)
          : this.#called(job, name, contexts, signal),
      );
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return this.#unrun(job, 'failure', error, key);
    }
  }

  async #inGroup(
    job: Job,
    contexts: Contexts,
    cancel: AbortSignal,
    key: string,
    work: (signal: AbortSignal) => Promise<JobEnd>,
  ): Promise<JobEnd> {
    const { concurrency } = job;
    if (concurrency === undefined) return work(cancel);
    const group = evaluateText(concurrency.group, contexts);
    const inProgress =
      concurrency.cancelInProgress !== undefined && evaluateBoolean(concurrency.cancelInProgress, contexts);
    const own = new AbortController();
    const signal = AbortSignal.any([cancel, own.signal]);
    const end = await this.#shared.groups.within(
      group,
      inProgress,
      cancel,
      () => own.abort(),
      () => work(signal),
    );
    return end ?? this.#unrun(job, 'cancelled', undefined, key);
  }

  async #steps(job: StepsJob, key: string, name: string, contexts: Contexts, signal: AbortSignal): Promise<JobEnd> {
    const { setting, slots, nextNumber, onRecord, masks } = this.#shared;
    const { workflow, secrets } = this.#call;
    const request = { key, number: nextNumber(), name, job, workflow, contexts, secrets, masks };
    const finished = await slots.within(async () =>
      signal.aborted && !survives(job, contexts) ? undefined : await runJob(request, setting, signal),
    );
    if (finished === undefined) return this.#unrun(job, 'cancelled', undefined, key);
    const { record } = finished;
    onRecord(record);
    const tolerated =
      record.conclusion === 'failure' &&
      job.continueOnError !== undefined &&
      evaluateBoolean(job.continueOnError, contexts);
    const result = tolerated ? 'success' : record.conclusion;
    return { result, outputs: record.outputs, notRun: record.notRun };
  }

  async #called(job: CallJob, name: string, contexts: Contexts, signal: AbortSignal): Promise<JobEnd> {
    const { depth, secrets } = this.#call;
    if (depth >= DEEPEST)
      throw new SluiceError('workflow-too-deep', `workflows call each other more than ${DEEPEST} deep`, { at: job.at });
    const workflow = await calledWorkflow(job, this.#shared.setting);
    const given = Object.fromEntries(
      job.with.map(({ key, value }): [string, Value] => [key, evaluate(value, contexts)]),
    );
    const inputs = inputsOf(workflow, given, contexts, job.at);
    const { github = null, vars = null } = contexts;
    const call = { workflow, prefix: `${name} / `, contexts: { github, vars, inputs }, depth: depth + 1 };
    return runWorkflow(
      { ...call, secrets: await callSecrets(job, secrets, this.#shared.masks, contexts) },
      this.#shared,
      signal,
    );
  }

  #naming(job: Job, matrix: Combination | undefined, contexts: Contexts): Naming {
    const values = matrix === undefined ? '' : combinationName(matrix);
    const standard = values === '' ? job.id : `${job.id} ${values}`;
    const given = job.name === undefined ? standard : evaluateText(job.name, contexts);
    const name = values === '' || job.name === undefined || !job.name.literal ? given : `${given} ${values}`;
    // Two combinations may read the same: records, artifacts and what is run again go by the key.
    const uses = (this.#names.get(standard) ?? 0) + 1;
    this.#names.set(standard, uses);
    const key = uses === 1 ? standard : `${standard} #${uses}`;
    return { key: this.#call.prefix + key, name: this.#call.prefix + name };
  }

  #reuse(record: JobRecord): JobEnd {
    const { setting, onRecord, reusedFrom } = this.#shared;
    onRecord({ ...record, reused: record.reused ?? reusedFrom });
    setting.emit({
      type: 'job-ended',
      job: record.key,
      conclusion: record.conclusion,
      ms: 0,
      ...(reusedFrom === undefined ? {} : { reused: reusedFrom }),
    });
    return { result: record.conclusion, outputs: record.outputs };
  }

  /** A job that never ran, with the reason where it should have. */
  #unrun(job: Job, result: Conclusion, error?: SluiceError, key = this.#call.prefix + job.id): JobEnd {
    const { setting, onRecord } = this.#shared;
    const at = setting.now().toISOString();
    const problems = error === undefined ? [] : [problemOf(error)];
    for (const problem of problems) setting.emit({ type: 'problem', job: key, problem });
    const none = { outputs: {}, steps: [], annotations: [], refused: false };
    onRecord({
      key,
      id: job.id,
      name: key,
      conclusion: result,
      startedAt: at,
      endedAt: at,
      ...none,
      problems,
      notRun: error !== undefined,
    });
    setting.emit({ type: 'job-ended', job: key, conclusion: result, ms: 0 });
    return { result, outputs: {}, notRun: error !== undefined };
  }
}

/** Whether the job would run even when the run is cancelled. */
const survives = (job: Job, contexts: Contexts): boolean => evaluateCondition(job.if, contexts, 'cancelled');
