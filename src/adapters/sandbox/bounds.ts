import { statfs } from 'node:fs/promises';
import type { Problem } from '#core/problem.ts';
import type { SandboxLimits } from '#core/sandbox.ts';
import type { Bound, ControlGroup } from './cgroup.ts';

/** A bound of the kernel on each process (RLIMIT_*), soft and hard alike. */
export interface ResourceLimit {
  /** As prlimit has it. */
  readonly name: 'core' | 'data' | 'nproc';
  /** As the kernel has it. */
  readonly number: number;
  readonly bound: number;
}

/**
 * A core file of one byte at most: a handler of core files on the host (a pipe in core_pattern) is then not started, which a limit
 * of zero would not prevent. What the group does not bound is bounded here, for each process alone.
 */
export function resourceLimits(limits: SandboxLimits, group: ControlGroup | undefined): ResourceLimit[] {
  const holds = (bound: Bound): boolean => group?.holds.has(bound) ?? false;
  const all: ResourceLimit[] = [{ name: 'core', number: 4, bound: 1 }];
  if (!holds('memory')) all.push({ name: 'data', number: 2, bound: limits.memoryBytes });
  if (!holds('processes')) all.push({ name: 'nproc', number: 6, bound: limits.processes });
  return all;
}

const INSTEAD: Readonly<Record<Bound, string>> = {
  memory: 'Memory is bounded for each process, not for the job: this user may make no control group for it.',
  processes: 'Processes are bounded for the user, not for the job: this user may make no control group for it.',
  cpus: 'The use of processors is not bounded: this user may make no control group for it.',
};

/** What no control group bounds here. */
export function missingBounds(group: ControlGroup | undefined): Problem[] {
  const bounds = Object.entries(INSTEAD) as [Bound, string][];
  return bounds
    .filter(([bound]) => !(group?.holds.has(bound) ?? false))
    .map(([, message]) => ({
      code: 'sandbox-unbounded',
      message,
      hint: 'Run Sluice as root, or as a service to which systemd delegates (Delegate=yes).',
    }));
}

/** What a job must leave free on the disk, or half of what it found where that is less. */
const LEFT_FREE = 2 ** 30;
const LOOK_EVERY_MS = 250;

/**
 * Watches that a job does not fill the disk that it writes to, and calls `onFull` once when it is about to. No quota: files that
 * others write count as well, and a burst between two looks is not held up.
 */
export class DiskWatch {
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string, onFull: () => void) {
    let least: number | undefined;
    const look = async (): Promise<void> => {
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      least ??= Math.min(LEFT_FREE, free / 2);
      if (free >= least) return;
      this.stop();
      onFull();
    };
    const safely = (): void => void look().catch(() => this.stop());
    this.#timer = setInterval(safely, LOOK_EVERY_MS);
    this.#timer.unref();
    safely();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
