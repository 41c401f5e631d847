import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import type { Sandbox, SandboxCommand, SandboxDriver, SandboxExit, SandboxSpec } from '#core/sandbox.ts';
import { triesWithoutRoute } from '../egress/counters.ts';
import { proxyEnvironment } from '../egress/environment.ts';
import type { Tried } from '../egress/exchange.ts';
import { type Egress, openEgress } from '../egress/proxy.ts';
import { ActiveSteps } from './active-steps.ts';
import { type Bound, type ControlGroup, makeControlGroup } from './cgroup.ts';
import { type Holder, startHolder } from './holder.ts';
import { type JobView, jobView } from './job-view.ts';
import type { Maker } from './maker.ts';
import { Pipes } from './pipes.ts';
import { descendant, innerGroupOf } from './process-tree.ts';
import { systemProgram } from './programs.ts';
import { Recorder } from './recorder.ts';
import { relayCommand } from './relay-command.ts';
import { seccompFilter } from './seccomp/filter.ts';
import { makeStateFolder, type StateFolder } from './state-folder.ts';
import { type Launch, type Reach, runStep, Unmade } from './step.ts';

/** A driver whose jobs live in namespaces of the kernel; `maker` says by which programs. */
export const namespaceDriver = (maker: Maker): SandboxDriver => ({
  name: maker.name,
  version: maker.version,
  open: (spec) => openJob(maker, spec),
});

/** Joins the groups that are named before `--`, then becomes what follows. Without them it does not go on. */
const JOIN = 'while [ "$1" != -- ]; do echo 0 > "$1" || exit 125; shift; done; shift; exec "$@"';
const OUR_ENVIRONMENT = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' };

async function openJob(maker: Maker, spec: SandboxSpec): Promise<Sandbox> {
  const filter = seccompFilter();
  if (filter === undefined) {
    throw new SluiceError('sandbox-unsupported', `The sandbox does not know the system calls of ${process.arch}.`);
  }
  const state = makeStateFolder();
  const closing: (() => void | Promise<void>)[] = [() => state.remove()];
  try {
    const view = jobView(spec, state);
    const group = makeControlGroup(spec.name, spec.limits);
    if (group !== undefined) closing.unshift(() => group.remove());
    const recorder = new Recorder(spec);
    const onTried = (tried: Tried): void => recorder.connection(tried);
    const egress = await openEgress({ socket: state.proxySocket, policy: spec.network, onTried });
    closing.unshift(() => egress.close());
    const proxyPort = portBeside(spec.services.map(({ port }) => port));
    const active = new ActiveSteps();
    const holder = await startHolder({
      wrapper: maker.holder(state, view.ground),
      relay: relayCommand(),
      listeners: [...spec.services, { port: proxyPort, socket: state.proxySocket }],
      onMessage: (message) => {
        if (message.kind === 'name') recorder.name(active.only ?? 'job', message.name);
      },
    });
    closing.unshift(() => holder.end());
    return new Job({ maker, spec, state, view, group, holder, filter, closing, recorder, egress, proxyPort, active });
  } catch (error) {
    for (const close of closing) await close();
    throw error;
  }
}

interface JobParts {
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

class Job implements Sandbox {
  readonly #bounds: readonly Problem[];
  readonly #parts: JobParts;
  readonly #pipes: Pipes;
  #closed: Promise<void> | undefined;

  constructor(parts: JobParts) {
    this.#parts = parts;
    this.#pipes = new Pipes(parts.state.path);
    this.#bounds = missingBounds(parts.group);
  }

  get problems(): readonly Problem[] {
    return [...this.#bounds, ...this.#parts.recorder.problems];
  }

  async run(command: SandboxCommand): Promise<SandboxExit> {
    if (this.#closed !== undefined) throw new Error('the sandbox is closed');
    const launch = this.#launch(command);
    const { group, holder, recorder, active } = this.#parts;
    const before = { routes: triesWithoutRoute(holder.pid), processes: group?.counts().processes ?? 0 };
    active.begin(command.step);
    try {
      const exit = await runStep(command, launch, this.#pipes, () => group?.counts().memory ?? 0);
      if (exit.ended === 'memory') recorder.limit(command.step, 'memory');
      if (exit.ended === 'timeout') recorder.limit(command.step, 'time');
      if ((group?.counts().processes ?? 0) > before.processes) recorder.limit(command.step, 'processes');
      if (triesWithoutRoute(holder.pid) > before.routes) recorder.direct(command.step, 'unknown');
      return exit;
    } catch (error) {
      if (!(error instanceof Unmade)) throw error;
      throw new SluiceError(
        'sandbox-failed',
        `The sandbox of step ${command.step} could not be made: ${error.message}`,
        {
          hint: 'See docs/guides/sandbox.md for what it needs of the machine.',
        },
      );
    }
  }

  #launch(command: SandboxCommand): Launch {
    const { maker, view, group, holder, filter, spec } = this.#parts;
    const descriptors: number[] = [];
    const give = (bytes: Uint8Array): number => descriptors.push(this.#pipes.input(bytes)) + 3;
    const { egress, proxyPort } = this.#parts;
    const env = { ...command.env, ...proxyEnvironment(proxyPort, egress.passwordOf(command.step)) };
    const step = maker.step({
      view: view.forCommand(command),
      command,
      env,
      give,
      filter,
      root: this.#parts.state.root,
    });
    return {
      argv: [
        ...([program('sh'), '-c', JOIN, 'sh', ...(group?.joinFiles ?? []), '--'] as const),
        ...[program('prlimit'), ...resourceLimits(spec, group)],
        ...[program('nsenter'), ...holder.entrance, '--preserve-credentials', '--'],
        ...step,
      ],
      env: OUR_ENVIRONMENT,
      cwd: '/',
      descriptors,
      reach: REACH,
      reports: true,
      detached: false,
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    for (const close of this.#parts.closing) await close();
  }
}

/** A port for the proxy that no service has. */
function portBeside(taken: readonly number[]): number {
  let port = 3128;
  while (taken.includes(port)) port++;
  return port;
}

/** The first process of a step's own namespace, and the command that it starts, which leads a group of processes. */
const REACH: Reach = {
  ask: (started, signal) => {
    const command = descendant(started, 2);
    const group = command === undefined ? undefined : innerGroupOf(command);
    if (group === undefined) return false;
    send(-group, signal);
    return true;
  },
  kill: (started) => {
    const first = descendant(started, 1);
    if (first !== undefined) send(first, 'SIGKILL');
    send(started, 'SIGKILL');
  },
};

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}

function program(name: string): string {
  const found = systemProgram(name);
  if (found === undefined) throw new SluiceError('sandbox-missing', `The program ${name} is not installed.`);
  return found;
}

/**
 * A core file of one byte at most: a handler of core files on the host (a pipe in core_pattern) is then not started, which
 * a limit of zero would not prevent. What the group does not bound is bounded here, for each process alone.
 */
function resourceLimits({ limits }: SandboxSpec, group: ControlGroup | undefined): string[] {
  const holds = (bound: Bound): boolean => group?.holds.has(bound) ?? false;
  const options = ['--core=1:1'];
  if (!holds('memory')) options.push(`--data=${limits.memoryBytes}`);
  if (!holds('processes')) options.push(`--nproc=${limits.processes}`);
  return [...options, '--'];
}

const INSTEAD: Readonly<Record<Bound, string>> = {
  memory: 'Memory is bounded for each process, not for the job: this user may make no control group for it.',
  processes: 'Processes are bounded for the user, not for the job: this user may make no control group for it.',
  cpus: 'The use of processors is not bounded: this user may make no control group for it.',
};

function missingBounds(group: ControlGroup | undefined): Problem[] {
  const bounds = Object.entries(INSTEAD) as [Bound, string][];
  return bounds
    .filter(([bound]) => !(group?.holds.has(bound) ?? false))
    .map(([, message]) => ({
      code: 'sandbox-unbounded',
      message,
      hint: 'Run Sluice as root, or as a service to which systemd delegates (Delegate=yes).',
    }));
}
