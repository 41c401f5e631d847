import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '#core/error.ts';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 15;

/**
 * Does work that no other process does at the same time; `what` is the work, for the message to who waits in vain. The lock of
 * a process that has died is taken over: its holder is known by number, start and boot, since numbers come again.
 *
 * @throws SluiceError `locked` when the holder does not let go in time
 */
export async function withLock<T>(file: string, what: string, work: () => Promise<T>, patienceMs = PATIENCE_MS) {
  const mine = JSON.stringify({ ...holderOf(process.pid), nonce: randomBytes(8).toString('hex') });
  const deadline = performance.now() + patienceMs;
  while (!take(file, mine)) {
    const held = read(file);
    if (held !== '' && isStale(held) && removeStale(file, held)) continue;
    if (performance.now() > deadline) {
      const hint = `If no other sluice is running, remove ${file}.`;
      throw new SluiceError('locked', `another process is at work on ${what}`, { hint });
    }
    await sleep(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    if (read(file) === mine) rmSync(file, { force: true });
  }
}

/** A link appears whole or not at all, so that nobody reads a lock that does not say whose it is. */
function take(file: string, content: string): boolean {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** What is moved away may by now be the fresh lock of a faster process: then it goes back, if its place is still free. */
function removeStale(file: string, held: string): boolean {
  const moved = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    renameSync(file, moved);
    if (read(moved) === held) return true;
    linkSync(moved, file);
    return false;
  } catch {
    return false;
  } finally {
    rmSync(moved, { force: true });
  }
}

interface Holder {
  readonly host: string;
  readonly boot: string;
  readonly pid: number;
  /** Clock ticks from boot to its start; empty where the system does not tell. */
  readonly started: string;
}

function holderOf(pid: number): Holder {
  // The second field of /proc/PID/stat is a name in brackets and may hold anything; the start is the 22nd.
  const started = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';
  return { host: hostname(), boot: read('/proc/sys/kernel/random/boot_id').trim(), pid, started };
}

/** Of another machine nothing can be known. */
function isStale(content: string): boolean {
  let held: Partial<Holder>;
  try {
    held = JSON.parse(content) as Partial<Holder>;
  } catch {
    return true;
  }
  if (held.host !== hostname() || typeof held.pid !== 'number') return false;
  const now = holderOf(held.pid);
  return held.boot !== now.boot || !isAlive(held.pid) || held.started !== now.started;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
