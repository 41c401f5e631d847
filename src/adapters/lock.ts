import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '#core/error.ts';
import { isAlive } from './process.ts';

const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/**
 * `Disk.alone`. The holder of a lock is known by process, start time and boot, so that a later process with the same number is
 * not taken for it.
 *
 * @throws SluiceError `locked` when the holder does not let go within `patienceMs`
 */
export async function withLock<T>(
  file: string,
  what: string,
  work: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const mine = `${JSON.stringify({ ...holderOf(process.pid), nonce: randomBytes(8).toString('hex') })}\n`;
  await acquire(file, what, mine, patienceMs);
  try {
    sweep(dirname(file));
    return await work();
  } finally {
    if (readLock(file) === mine) rmSync(file, { force: true });
  }
}

async function acquire(file: string, what: string, mine: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; !take(file, mine); pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const held = readLock(file);
    if (held !== undefined && isStale(held) && removeStale(file, held)) continue;
    if (performance.now() > deadline) {
      const hint = `If no other sluice is running, remove ${file}.`;
      throw new SluiceError('locked', `another process is at work on ${what}`, { hint });
    }
    await sleep(pause);
  }
}

/** A link appears whole or not at all, so that nobody ever reads a lock that does not say whose it is. */
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

const LEFT_BEHIND = /\.[0-9a-f]{12}(?:\.tmp)?$/;
const SURELY_DEAD_MS = 60_000;

/** Drafts of processes that were killed before they could give them their name. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (!LEFT_BEHIND.test(name)) continue;
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats?.isFile() === true && Date.now() - stats.mtimeMs > SURELY_DEAD_MS) rmSync(file, { force: true });
  }
}

/**
 * Only whoever holds the second lock may remove the first, and looks at it again: else a slow process would remove the
 * fresh lock of another that was faster.
 */
function removeStale(file: string, held: string): boolean {
  const guard = `${file}.takeover`;
  if (!take(guard, held)) {
    // Its holder died within microseconds of work, or is in them now.
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > 5_000) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (readLock(file) !== held) return false;
    rmSync(file, { force: true });
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

function readLock(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
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
  return { host: hostname(), boot: read('/proc/sys/kernel/random/boot_id').trim(), pid, started: startOf(pid) };
}

/** Of another machine nothing can be known; what cannot be read is nobody's, since it would be there whole. */
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

/** The 22nd field of /proc/PID/stat; the second, a name in brackets, may hold anything. */
const startOf = (pid: number): string => read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')[19] ?? '';

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
