import { descendant, innerGroupOf } from './process-tree.ts';
import type { Reach } from './step.ts';

/** A step lies two process namespaces below us: the job's, and its own. */
const BELOW = 2;

/** The first process of a step's own namespace, and the command that it starts, which is in a group of processes of its own. */
export const REACH: Reach = {
  ask: (started, signal) => {
    const command = descendant(started, 2, BELOW);
    const group = command === undefined ? undefined : innerGroupOf(command);
    if (group === undefined) return false;
    send(-group, signal);
    return true;
  },
  kill: (started) => {
    const first = descendant(started, 1, BELOW);
    if (first !== undefined) send(first, 'SIGKILL');
    else send(started, 'SIGKILL');
  },
};

/** A process or, by its negative number, a group; that it ended meanwhile is no trouble. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone.
  }
}
