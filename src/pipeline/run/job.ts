import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { SecretSource } from '#core/secret-source.ts';
import { hashPlace } from '../action/find-files.ts';
import { type ActionKit, runUses } from '../action/uses.ts';
import { evaluateMap, evaluateNumber, evaluateText } from '../expression/evaluate.ts';
import type { Contexts } from '../expression/scope.ts';
import type { Masker } from '../mask/masker.ts';
import { optional } from '../workflow/mapping.ts';
import type { StepsJob, Template, Workflow } from '../workflow/model.ts';
import { admit } from './admission.ts';
import { githubOfJob, runnerContext } from './contexts.ts';
import type { RunImage } from './image.ts';
import { JobNotes } from './job-report.ts';
import { type JobRoom, openRoom } from './job-room.ts';
import { type Container, type JobState, type Scope, StepFailure } from './job-state.ts';
import { runSequence } from './job-steps.ts';
import type { Conclusion, JobRecord, StepRecord } from './record.ts';
import { runScript, type ScriptDefaults } from './script-step.ts';
import { SecretCounter, type SharedMasks } from './secrets.ts';
import type { FinishedJob, RunSetting } from './setting.ts';
import { StepRunner } from './steps.ts';

/** One job, with everything decided that the jobs before it decide. */
export interface JobRequest {
  readonly key: string;
  /** Of its kind within the run: names its folder and its socket. */
  readonly number: number;
  readonly name: string;
  readonly job: StepsJob;
  readonly workflow: Workflow;
  /** `github`, `needs`, `strategy`, `matrix`, `vars`, `inputs`. */
  readonly contexts: Contexts;
  readonly secrets: SecretSource;
  /** Of all jobs of the run. */
  readonly masks: SharedMasks;
}

const MINUTE = 60_000;
const DEFAULT_MINUTES = 360;
/** What steps with `always()` get once a job was cancelled, as on the real platform. */
const GRACE_MS = 5 * MINUTE;

/** Runs a job to its end. Never rejects for what the job did or what its file says; that is its conclusion. */
export async function runJob(request: JobRequest, setting: RunSetting, cancel: AbortSignal): Promise<FinishedJob> {
  const { key, name } = request;
  const startedAt = setting.now();
  setting.emit({ type: 'job-started', job: key, name });
  const running = new RunningJob(request, setting, cancel);
  await running.run();
  const record = running.record(startedAt, setting.now());
  const finished = running.finished(record);
  for (const problem of await setting.onJobEnd(finished)) setting.emit({ type: 'problem', problem: { ...problem } });
  const ms = Math.max(0, setting.now().getTime() - startedAt.getTime());
  setting.emit({ type: 'job-ended', job: key, conclusion: record.conclusion, ms });
  return finished;
}

class RunningJob {
  readonly #request: JobRequest;
  readonly #setting: RunSetting;
  readonly #masker: Masker;
  readonly #notes: JobNotes;
  readonly #secrets: SecretCounter;
  readonly #scope: Scope;
  readonly #network;
  /** Aborted by the caller, or when the time of the job is over. */
  readonly #cancelled: AbortSignal;
  readonly #timeout = new AbortController();
  #steps: StepRecord[] = [];
  #outputs: Record<string, string> = {};
  #environment: string[] = [];
  #image: RunImage | undefined;
  readonly #images = new Map<string, string>();
  #endsAt = Number.POSITIVE_INFINITY;

  constructor(request: JobRequest, setting: RunSetting, cancel: AbortSignal) {
    this.#request = request;
    this.#setting = setting;
    this.#masker = request.masks.open();
    const summary = join(setting.folder.path, this.#summaryFile);
    this.#notes = new JobNotes(request.key, this.#masker, summary, setting.emit, (text) => this.#secrets.isIn(text));
    this.#secrets = this.#counter();
    const { token } = request.contexts['github'] as { readonly token?: string };
    this.#secrets.conceal(token ?? '');
    this.#cancelled = AbortSignal.any([cancel, this.#timeout.signal]);
    this.#network = setting.network(request.workflow.file, request.job.id);
    const inputs = request.contexts['inputs'];
    this.#scope = {
      ...{ steps: new Map(), github: {}, env: {}, status: 'success', depth: 0 },
      inputs:
        typeof inputs === 'object' && inputs !== null && !Array.isArray(inputs) ? (inputs as Scope['inputs']) : {},
    };
  }

  get #summaryFile(): string {
    return `summaries/${this.#request.number}.md`;
  }

  /** Secrets of the job's environment come before those of the repository. */
  #counter(): SecretCounter {
    const { job, contexts, secrets, masks } = this.#request;
    const scope = job.environment === undefined ? {} : { environment: evaluateText(job.environment.name, contexts) };
    return new SecretCounter(secrets, this.#masker, masks, (problem) => this.#notes.problem(problem), scope);
  }

  async run(): Promise<void> {
    let [room, timer]: [JobRoom?, NodeJS.Timeout?] = [];
    try {
      this.#image = await admit(this.#request.job, this.#request.contexts, (name) => this.#find(name));
      const { key, number } = this.#request;
      room = await openRoom(this.#setting, key, number, this.#network, this.#notes, this.#masker, this.#image?.root);
      const minutes = this.#number(this.#request.job.timeoutMinutes) ?? DEFAULT_MINUTES;
      this.#endsAt = performance.now() + minutes * MINUTE;
      timer = setTimeout(() => this.#timeOut(minutes), Math.min(minutes * MINUTE, 2 ** 31 - 1));
      await this.#sequence(room);
    } catch (error) {
      this.#fail(error);
    } finally {
      clearTimeout(timer);
      await room?.close();
    }
    if (this.#cancelled.aborted) this.#scope.status = 'cancelled';
  }

  #timeOut(minutes: number): void {
    const message = `The job took longer than the ${minutes} minutes that it may.`;
    this.#notes.annotate(0, { level: 'error', message });
    this.#timeout.abort();
  }

  async #sequence(room: JobRoom): Promise<void> {
    const { job, workflow, contexts } = this.#request;
    const { folder, emit, lookOn, logBytes, artifacts, caches, mirror, toolchains, scanner } = this.#setting;
    const state = await this.#state(room);
    const kit: ActionKit = { mirror, artifacts, caches, toolchains, scanner, states: new Map() };
    const hashFiles = hashPlace(room.layout.workspace);
    const defaults = this.#defaults(workflow, job);
    const runner = new StepRunner(
      {
        run: (step, of) => runScript(step, of, step.scope.depth === 0 ? defaults : {}, hashFiles),
        uses: (step, of) => runUses(step, of, kit),
        hashFiles: () => hashFiles,
      },
      state,
      () => (this.#cancelled.aborted ? new AbortController().signal : this.#cancelled),
    );
    const logs = `logs/${this.#request.number}`;
    const deadline = (): number => (this.#cancelled.aborted ? performance.now() + GRACE_MS : this.#endsAt + 1_000);
    const sequence = {
      job: state,
      scope: this.#scope,
      runner,
      kit,
      deadline,
      folder: folder.path,
      logs,
      emit,
      lookOn,
      logBytes,
    };
    this.#steps = await runSequence(sequence, job);
    this.#outputs = await this.#takeOutputs({ ...contexts, ...runner.contexts(this.#scope, {}) });
  }

  async #state(room: JobRoom): Promise<JobState> {
    const { key, job, workflow, contexts } = this.#request;
    const { git, repository, event, changes, now } = this.#setting;
    const github = { ...(contexts['github'] as object), ...githubOfJob(room.layout, job.id) };
    const all: Contexts = { ...contexts, github, runner: runnerContext(room.layout), job: { status: 'success' } };
    const env: Record<string, string> = { ...this.#setting.env };
    for (const map of [workflow.env, job.container?.env ?? [], job.env]) {
      const secrets = await this.#secrets.contextFor(map);
      Object.assign(env, evaluateMap(map, { ...all, env: { ...env }, ...secrets }));
    }
    this.#environment = Object.keys(env);
    return {
      ...{ key, layout: room.layout, sandbox: room.sandbox, masker: this.#masker, secrets: this.#secrets },
      services: { git, repository, event, changes, now },
      ...{
        contexts: all,
        env,
        path: [],
        posts: [],
        touched: false,
        runtime: room.runtime,
        root: this.#image?.root ?? '/',
        imageEnv: this.#image?.config?.env ?? {},
        container: (image) => this.#container(room, image),
        report: this.#notes,
      },
      signal: this.#cancelled,
    };
  }

  async #container(room: JobRoom, name: string): Promise<Container | undefined> {
    const image = await this.#find(name);
    return image && { image, sandbox: await room.container(image.root) };
  }

  async #find(name: string) {
    const image = await this.#setting.images(name);
    if (image?.digest !== undefined) this.#images.set(this.#masker.mask(name), image.digest);
    return image;
  }

  #defaults(workflow: Workflow, job: StepsJob): ScriptDefaults {
    const text = (...templates: (Template | undefined)[]): string | undefined => {
      const template = templates.find((one) => one !== undefined);
      return template === undefined ? undefined : evaluateText(template, this.#request.contexts);
    };
    return {
      ...optional('shell', text(job.defaults.shell, workflow.defaults.shell)),
      ...optional('workingDirectory', text(job.defaults.workingDirectory, workflow.defaults.workingDirectory)),
    };
  }

  #number(template: Template | undefined): number | undefined {
    return template === undefined ? undefined : evaluateNumber(template, this.#request.contexts);
  }

  /** What would carry a secret to other jobs is left out, as on the real platform. */
  async #takeOutputs(contexts: Contexts): Promise<Record<string, string>> {
    const outputs: Record<string, string> = {};
    const secrets = await this.#secrets.contextFor(this.#request.job.outputs);
    for (const [name, value] of Object.entries(evaluateMap(this.#request.job.outputs, { ...contexts, ...secrets }))) {
      if (this.#masker.mask(value) === value) outputs[name] = value;
      else
        this.#notes.annotate(0, {
          level: 'warning',
          message: `The output ${name} is left out, since it holds a secret.`,
        });
    }
    return outputs;
  }

  #fail(error: unknown): void {
    this.#scope.status = 'failure';
    if (error instanceof StepFailure && error.problem !== undefined) {
      this.#notes.problem(error.problem);
      this.#notes.notRun();
    } else if (error instanceof SluiceError) {
      const { code, message, hint, at } = error;
      const place = at === undefined ? {} : { path: at.file, ...(at.line === undefined ? {} : { line: at.line }) };
      this.#notes.problem({ code, message, ...(hint === undefined ? {} : { hint }), ...place });
      if (this.#steps.length === 0) this.#notes.notRun();
    } else throw error;
  }

  record(startedAt: Date, endedAt: Date): JobRecord {
    const { key, name, job } = this.#request;
    const { annotations, problems, refused, couldNotRun, hasSummary } = this.#notes;
    const conclusion: Conclusion = this.#scope.status;
    return {
      ...{ key, id: job.id, name: this.#masker.mask(name), conclusion, outputs: this.#outputs, steps: this.#steps },
      ...{
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
        annotations,
        refused,
        notRun: couldNotRun,
      },
      problems: problems.map((problem) => ({ ...problem })),
      ...(hasSummary ? { summary: this.#summaryFile } : {}),
    };
  }

  #masked<T>(value: T): T {
    return JSON.parse(JSON.stringify(value), (_, each: unknown) =>
      typeof each === 'string' ? this.#masker.mask(each) : each,
    ) as T;
  }

  finished(record: JobRecord): FinishedJob {
    this.#request.masks.close(this.#masker);
    const { job, workflow, contexts } = this.#request;
    const { driver, limits, artifacts } = this.#setting;
    const matrix = contexts['matrix'] as Readonly<Record<string, unknown>> | undefined;
    return {
      ...{
        record,
        workflow,
        matrix: matrix === null || matrix === undefined ? undefined : this.#masked(matrix),
        limits,
        network: this.#network,
        driver: { name: driver.name, version: driver.version },
      },
      // What a person typed, or an earlier job told, may be a secret of this job.
      inputs: this.#masked(this.#scope.inputs),
      environment: this.#environment,
      secrets: this.#secrets.handed(),
      seen: this.#notes.seen,
      scans: this.#notes.scans,
      tests: this.#notes.tests,
      artifacts: artifacts.list().filter((artifact) => artifact.job === record.key),
      images: [...this.#images].map(([name, digest]) => ({ name, digest })),
      uses: job.steps.flatMap((step) => (step.kind === 'uses' ? [step.uses] : [])),
    };
  }
}
