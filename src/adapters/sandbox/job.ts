import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import type { Sandbox, SandboxCommand, SandboxExit, SandboxSpec } from '#core/sandbox.ts';
import { triesWithoutRoute } from '../egress/counters.ts';
import { proxyEnvironment } from '../egress/environment.ts';
import type { Egress } from '../egress/proxy.ts';
import type { ActiveSteps } from './active-steps.ts';
import { DiskWatch, missingBounds, resourceLimits } from './bounds.ts';
import type { ControlGroup, Counts } from './cgroup.ts';
import type { Way } from './entrance.ts';
import type { Holder } from './holder.ts';
import type { JobView } from './job-view.ts';
import type { Maker } from './maker.ts';
import { Pipes } from './pipes.ts';
import { REACH } from './reach.ts';
import type { Recorder } from './recorder.ts';
import type { StateFolder } from './state-folder.ts';
import { type Launch, runStep, Unmade } from './step.ts';
import { type TracedStep, Tracing } from './tracing.ts';

const OUR_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

export interface JobParts {
  readonly maker: Maker;
  readonly spec: SandboxSpec;
  readonly state: StateFolder;
  readonly view: JobView;
  readonly group: ControlGroup | undefined;
  readonly holder: Holder;
  readonly filter: Buffer;
  readonly recorder: Recorder;
  readonly egress: Egress;
  readonly proxyPort: number;
  readonly active: ActiveSteps;
  /** In the order in which things end: processes before what they use. */
  readonly closing: readonly (() => void | Promise<void>)[];
}

type Counted = Counts & { readonly routes: number };

/** A job whose namespaces are there; each command enters them and gets its own on top. */
export class Job implements Sandbox {
  readonly #parts: JobParts;
  readonly #pipes: Pipes;
  readonly #tracing: Tracing;
  readonly #problems: Problem[];
  #closed: Promise<void> | undefined;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#pipes = new Pipes(parts.state.path);
    this.#tracing = new Tracing(parts.spec.trace, parts.maker.traces, parts.view.mounts, parts.recorder);
    this.#problems = missingBounds(parts.group);
  }

  get problems(): readonly Problem[] {
    return [...this.#problems, ...this.#tracing.problems, ...this.#parts.recorder.problems];
  }

  async run(command: SandboxCommand): Promise<SandboxExit> {
    if (this.#closed !== undefined) throw new Error('the sandbox is closed');
    const { active, group } = this.#parts;
    const full = new AbortController();
    const signal = AbortSignal.any([full.signal, ...(command.signal === undefined ? [] : [command.signal])]);
    const disk = new DiskWatch(this.#diskOf(command), () => this.#full(command, full));
    const counts = this.#counts();
    if (group?.isEmpty()) active.forget();
    active.begin(command.step);
    try {
      const { launch, traced } = this.#launch(command);
      const exit = await runStep({ ...command, signal }, launch, this.#pipes, () => this.#counts().memory);
      await traced.finish();
      this.#tell(command.step, exit, counts, traced);
      return exit;
    } catch (error) {
      if (!(error instanceof Unmade)) throw error;
      const why = error.message === '' ? 'its programs ended without a word' : error.message;
      throw new SluiceError('sandbox-failed', `The sandbox of step ${command.step} could not be made: ${why}`, {
        hint: 'See docs/guides/sandbox.md for what it needs of the machine.',
      });
    } finally {
      disk.stop();
      active.end(command.step);
    }
  }

  #counts(): Counted {
    const { group, holder } = this.#parts;
    return { memory: 0, processes: 0, ...group?.counts(), routes: triesWithoutRoute(holder.pid) };
  }

  #tell(step: string, { ended }: SandboxExit, before: Counted, traced: TracedStep): void {
    const { recorder } = this.#parts;
    const now = this.#counts();
    if (ended === 'memory') recorder.limit(step, 'memory');
    if (ended === 'timeout') recorder.limit(step, 'time');
    if (now.processes > before.processes) recorder.limit(step, 'processes');
    // The kernel counts what tracing tells one by one.
    if (now.routes - before.routes > traced.direct()) recorder.direct(step, 'unknown');
  }

  /** The first folder that the job can write to is where it fills the disk. */
  #diskOf({ mounts = [] }: SandboxCommand): string {
    const writable = [...this.#parts.view.mounts, ...mounts].find(
      ({ to, access }) => access === 'write' && to === '/workspace',
    );
    return writable?.from ?? this.#parts.state.path;
  }

  #full(command: SandboxCommand, full: AbortController): void {
    this.#parts.recorder.limit(command.step, 'disk');
    this.#problems.push({
      code: 'disk-full',
      message: `Step ${command.step} was ended: the disk that it wrote to was almost full.`,
      hint: 'Free some space, or let the job write less.',
    });
    full.abort();
  }

  #launch(command: SandboxCommand): { launch: Launch; traced: TracedStep } {
    const { maker, view, group, holder, filter, spec, egress, proxyPort, state } = this.#parts;
    const entries = view.forCommand(command);
    const descriptors: number[] = [];
    const give = (bytes: Uint8Array): number => descriptors.push(this.#pipes.input(bytes)) + 3;
    const proxy = proxyEnvironment(proxyPort, egress.passwordOf(command.step), command.env);
    const env = { ...command.env, ...proxy };
    const traced = this.#tracing.begin(command.step, this.#pipes);
    const way = (): Way => ({
      groups: group?.joinFiles ?? [],
      limits: resourceLimits(spec.limits, group),
      namespaces: holder.namespaces,
      trace: traced.descriptor === undefined ? undefined : descriptors.push(traced.descriptor) + 3,
    });
    const argv = maker.step({ view: entries, command, env, give, filter, root: state.root, way });
    // A session of its own: what a person types into a terminal to end Sluice must not end the step before it was asked.
    const started = { argv, env: OUR_ENVIRONMENT, cwd: '/', reach: REACH, reports: true, detached: true };
    const launch = { ...started, descriptors };
    return { launch, traced };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const close of this.#parts.closing) await close();
  }
}
