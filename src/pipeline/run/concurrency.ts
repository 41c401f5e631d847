import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

interface Waiting {
  readonly start: () => void;
  readonly drop: () => void;
}

interface Group {
  cancel: () => void;
  waiting: Waiting | undefined;
}

const POLL_MS = 200;

/**
 * Groups of which one member runs and one waits, also across runs of one repository. Whoever comes next takes the place of
 * the one that waits; with `cancelInProgress` the one that runs is cancelled too
 * (https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency).
 */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>();
  readonly #folder: string;

  /** @param folder where other runs see which groups are taken */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Runs `work` when its turn comes. `undefined` where it never does: a newer member took its place, or it was cancelled.
   * `cancel` is called when a newer member ends it.
   */
  async within<T>(
    name: string,
    cancelInProgress: boolean,
    signal: AbortSignal,
    cancel: () => void,
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const key = name.toLowerCase();
    if (!(await this.#turn(key, cancelInProgress, cancel))) return undefined;
    const file = join(this.#folder, createHash('sha256').update(key).digest('hex'));
    try {
      if (!(await takeFile(this.#folder, file, cancelInProgress, signal))) return undefined;
      try {
        return await work();
      } finally {
        rmSync(file, { force: true });
      }
    } finally {
      this.#leave(key);
    }
  }

  async #turn(key: string, cancelInProgress: boolean, cancel: () => void): Promise<boolean> {
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { cancel, waiting: undefined });
      return true;
    }
    group.waiting?.drop();
    if (cancelInProgress) group.cancel();
    const taken = await new Promise<boolean>((decide) => {
      group.waiting = { start: () => decide(true), drop: () => decide(false) };
    });
    if (taken) group.cancel = cancel;
    return taken;
  }

  #leave(key: string): void {
    const group = this.#groups.get(key);
    const next = group?.waiting;
    if (group === undefined || next === undefined) {
      this.#groups.delete(key);
      return;
    }
    group.waiting = undefined;
    next.start();
  }
}

/** A file with the id of the process that runs; one whose process is gone is nobody's. */
async function takeFile(
  folder: string,
  file: string,
  cancelInProgress: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  mkdirSync(folder, { recursive: true });
  let asked = false;
  while (!signal.aborted) {
    try {
      const descriptor = openSync(file, 'wx');
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = ownerOf(file);
    if (owner === undefined) rmSync(file, { force: true });
    else if (cancelInProgress && !asked) asked = interrupt(owner);
    await sleep(POLL_MS);
  }
  return false;
}

function ownerOf(file: string): number | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    // Just made and not written yet: somebody's, whoever it is.
    if (text === '') return process.pid;
    const pid = Number(text);
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? process.pid : undefined;
  }
}

function interrupt(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 'SIGINT');
  } catch {
    return false;
  }
  return true;
}
