import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Problem } from '#core/problem.ts';
import type { Sandbox, SandboxCommand, SandboxDriver, SandboxExit, SandboxSpec } from '#core/sandbox.ts';
import { Pipes } from './pipes.ts';
import { send } from './reach.ts';
import { makeStateFolder, type StateFolder } from './state-folder.ts';
import { type Launch, type Reach, runStep } from './step.ts';

/** No sandbox at all, for machines that offer none and people who said so: commands run as the user who runs Sluice. */
export const bareDriver = (): SandboxDriver => ({
  name: 'none',
  version: '1',
  open: async (spec) => new BareSandbox(spec),
});

/** The variable by which what a step left behind is found again. */
const MARK = 'SLUICE_JOB';

class BareSandbox implements Sandbox {
  readonly problems: readonly Problem[] = [
    {
      code: 'sandbox-none',
      message: 'The job runs without a sandbox: it can read and change what this user can, and reach every network.',
      hint: 'Leave out --unsafe-no-sandbox.',
    },
  ];
  readonly #state: StateFolder = makeStateFolder();
  readonly #pipes = new Pipes(this.#state.path);
  readonly #groups = new Set<number>();
  readonly #mark: string;

  constructor(spec: SandboxSpec) {
    this.#mark = `${spec.name}-${randomUUID()}`;
  }

  run(command: SandboxCommand): Promise<SandboxExit> {
    const launch: Launch = {
      argv: command.argv,
      env: { ...command.env, [MARK]: this.#mark },
      cwd: command.cwd,
      descriptors: [],
      reach: GROUP,
      reports: false,
      detached: true,
      onStart: (pid) => this.#groups.add(pid),
    };
    return runStep(command, launch, this.#pipes, () => 0);
  }

  /** Best effort: a process that left its group and emptied its environment is not found. */
  async close(): Promise<void> {
    for (const group of this.#groups) send(-group, 'SIGKILL');
    this.#groups.clear();
    for (const pid of marked(`${MARK}=${this.#mark}`)) send(pid, 'SIGKILL');
    this.#state.remove();
  }
}

const GROUP: Reach = {
  ask: (started, signal) => {
    send(-started, signal);
    return true;
  },
  kill: (started) => send(-started, 'SIGKILL'),
};

/** Processes whose environment holds this text. Only where there is a /proc. */
function marked(text: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(text))
    .map(Number);
}

function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}
