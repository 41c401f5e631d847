import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '#core/problem.ts';
import { evaluateBoolean, evaluateText } from '../expression/evaluate.ts';
import type { Contexts } from '../expression/scope.ts';
import type { Value, Workflow } from '../workflow/model.ts';
import { inputsOf } from './call.ts';
import { ConcurrencyGroups } from './concurrency.ts';
import { githubContext } from './contexts.ts';
import type { Conclusion, JobRecord, RunLogEntry, RunLogEvent, RunRecord } from './record.ts';
import { runWorkflow } from './scheduler.ts';
import { SharedMasks } from './secrets.ts';
import type { RunSetting } from './setting.ts';
import { Slots } from './slots.ts';
import type { RunFolder } from './store.ts';

/** What a run is to be, beside its setting. */
export interface RunRequest {
  readonly workflow: Workflow;
  /** Given by a person, for `workflow_dispatch`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The `github.token`, empty where there is none. */
  readonly token: string;
  readonly only?: string;
  readonly rerunOf?: RunRecord;
  /** Said of the whole run: what its event could not tell. */
  readonly problems: readonly Problem[];
  readonly signal: AbortSignal;
}

export type RunSettingWithoutEmit = Omit<RunSetting, 'emit'>;

/**
 * Runs a workflow to its end and keeps everything in the folder of the run, step by step: whatever ends this process, what
 * has happened until then is there.
 *
 * @param tell is told every event, also what steps print where the setting looks on
 */
export async function runAll(
  request: RunRequest,
  setting: RunSettingWithoutEmit,
  tell: (event: RunLogEvent) => void,
): Promise<RunRecord> {
  const keeper = new RunKeeper(setting, request, tell);
  const complete: RunSetting = { ...setting, emit: keeper.emit };
  keeper.start();
  const conclusion = await conclude(request, complete, keeper, request.signal);
  rmSync(join(setting.folder.path, 'work'), { recursive: true, force: true });
  return keeper.end(conclusion);
}

async function conclude(
  request: RunRequest,
  setting: RunSetting,
  keeper: RunKeeper,
  signal: AbortSignal,
): Promise<Conclusion> {
  const { workflow, token, rerunOf, only } = request;
  const { event, facts, identity, secrets, variables } = setting;
  const github = githubContext(event, facts, workflow, identity, token);
  const at = { file: workflow.file };
  const known: Contexts = { github, vars: variables };
  const given: { readonly [name: string]: Value } =
    event.name === 'workflow_dispatch' || event.name === 'workflow_call' ? request.inputs : {};
  const inputs =
    Object.keys(given).length > 0 || event.name === 'workflow_dispatch' ? inputsOf(workflow, given, known, at) : {};
  const contexts: Contexts = { ...known, inputs };
  const groups = new ConcurrencyGroups(join(setting.folder.path, '..', '..', 'concurrency'));
  let number = 0;
  const shared = {
    ...{
      setting,
      groups,
      masks: new SharedMasks(),
      slots: new Slots(setting.parallel),
      reuse: reusable(rerunOf),
      onRecord: keeper.add,
    },
    nextNumber: () => ++number,
    ...(rerunOf === undefined ? {} : { reusedFrom: rerunOf.id }),
  };
  const call = { workflow, prefix: '', contexts, secrets, depth: 0, ...(only === undefined ? {} : { only }) };
  const work = async (cancel: AbortSignal): Promise<Conclusion> => (await runWorkflow(call, shared, cancel)).result;
  if (workflow.concurrency === undefined) return work(signal);
  const { group, cancelInProgress } = workflow.concurrency;
  const own = new AbortController();
  const inProgress = cancelInProgress !== undefined && evaluateBoolean(cancelInProgress, contexts);
  const cancel = AbortSignal.any([signal, own.signal]);
  const name = evaluateText(group, contexts);
  return (
    (await groups.within(
      name,
      inProgress,
      cancel,
      () => own.abort(),
      () => work(cancel),
    )) ?? 'cancelled'
  );
}

/** Jobs that need not run again: those of an earlier run that succeeded. */
const reusable = (record: RunRecord | undefined): ReadonlyMap<string, JobRecord> =>
  new Map((record?.jobs ?? []).filter(({ conclusion }) => conclusion === 'success').map((job) => [job.key, job]));

/** Writes down what happens. */
class RunKeeper {
  readonly #folder: RunFolder;
  readonly #setting: RunSettingWithoutEmit;
  readonly #request: RunRequest;
  readonly #tell: (event: RunLogEvent) => void;
  readonly #jobs: JobRecord[] = [];
  readonly #problems: RunRecord['problems'] = [];
  readonly #startedAt: Date;

  constructor(setting: RunSettingWithoutEmit, request: RunRequest, tell: (event: RunLogEvent) => void) {
    this.#folder = setting.folder;
    this.#setting = setting;
    this.#request = request;
    this.#tell = tell;
    this.#startedAt = setting.now();
  }

  /** What steps print is in their logs already. */
  readonly emit = (entry: RunLogEntry): void => {
    if (entry.type === 'problem' && entry.job === undefined) this.#problems.push(entry.problem);
    const event = { ...entry, at: this.#setting.now().toISOString(), run: this.#folder.id } as RunLogEvent;
    if (event.type !== 'log') this.#folder.append(event);
    this.#tell(event);
  };

  readonly add = (record: JobRecord): void => {
    this.#jobs.push(record);
    this.#folder.save(this.#record());
  };

  start(): void {
    this.#folder.save(this.#record());
    const { workflow } = this.#request;
    const { event } = this.#setting;
    const jobs = workflow.jobs.map(({ id, needs }) => ({ id, needs: [...needs] }));
    const { trusted } = event;
    this.emit({ type: 'run-started', version: 1, workflow: workflow.file, event: event.name, trusted, jobs });
    for (const problem of this.#request.problems) this.emit({ type: 'problem', problem: { ...problem } });
  }

  end(conclusion: Conclusion): RunRecord {
    const endedAt = this.#setting.now();
    const record: RunRecord = { ...this.#record(), conclusion, endedAt: endedAt.toISOString() };
    this.#folder.save(record);
    this.emit({ type: 'run-ended', conclusion, ms: Math.max(0, endedAt.getTime() - this.#startedAt.getTime()) });
    return record;
  }

  #record(): RunRecord {
    const { identity, event, facts, changes, driver, artifacts } = this.#setting;
    const { workflow, inputs, only, rerunOf } = this.#request;
    return {
      ...{ version: 1, id: identity.id, attempt: identity.attempt, pid: process.pid },
      ...(rerunOf === undefined ? {} : { rerunOf: rerunOf.id }),
      workflow: { name: workflow.name, file: workflow.file, sha256: workflow.sha256 },
      event: { name: event.name, file: '', inputs: { ...inputs } },
      trusted: event.trusted,
      source: {
        ...{ repository: facts.name, ref: event.ref, sha: event.sha, changed: changes !== undefined },
        ...(changes === undefined ? {} : { changes: changes.sha256 }),
      },
      driver: { name: driver.name, version: driver.version },
      ...(only === undefined ? {} : { only }),
      startedAt: this.#startedAt.toISOString(),
      jobs: [...this.#jobs],
      artifacts: artifacts.list().map(({ name, bytes, sha256, job }) => ({ name, bytes, sha256, job })),
      problems: this.#problems.map((problem) => ({ ...problem })),
    };
  }
}
