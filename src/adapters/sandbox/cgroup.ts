import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SandboxLimits } from '#core/sandbox.ts';
import { isAlive } from '../process.ts';

/** The bounds of one job, kept by the kernel. Files under /sys/fs/cgroup, of version 1 (a tree for each bound) or 2 (one tree). */
export interface ControlGroup {
  /** A process that writes `0` to each of these joins, and so do its children. */
  readonly joinFiles: readonly string[];
  /** Which bounds hold: not every machine hands over all three. */
  readonly holds: ReadonlySet<Bound>;
  /** How often the kernel killed a process of the job for memory, and refused one a new process. */
  counts(): Counts;
  /** Whether nothing of the job runs at present. */
  isEmpty(): boolean;
  /** Ends whatever is left in it, then removes it. */
  remove(): Promise<void>;
}

export type Bound = 'memory' | 'processes' | 'cpus';

export interface Counts {
  readonly memory: number;
  readonly processes: number;
}

const ROOT = '/sys/fs/cgroup';
const PREFIX = 'sluice-';
const PERIOD_US = 100_000;
/** Processes that are ours in every step: the one that enters, and the first of its namespace. */
const OUR_PROCESSES = 8;

interface Controller {
  readonly bound: Bound;
  readonly name: 'memory' | 'pids' | 'cpu';
  readonly one: (limits: SandboxLimits) => Readonly<Record<string, string>>;
  readonly two: (limits: SandboxLimits) => Readonly<Record<string, string>>;
}

const quota = (cpus: number): number => Math.max(1_000, Math.round(cpus * PERIOD_US));

/** The first file must take its value; the others are there on some kernels only. */
const CONTROLLERS: readonly Controller[] = [
  {
    bound: 'memory',
    name: 'memory',
    one: ({ memoryBytes }) => ({
      'memory.limit_in_bytes': String(memoryBytes),
      'memory.memsw.limit_in_bytes': String(memoryBytes),
    }),
    two: ({ memoryBytes }) => ({ 'memory.max': String(memoryBytes), 'memory.swap.max': '0' }),
  },
  {
    bound: 'processes',
    name: 'pids',
    one: ({ processes }) => ({ 'pids.max': String(processes + OUR_PROCESSES) }),
    two: ({ processes }) => ({ 'pids.max': String(processes + OUR_PROCESSES) }),
  },
  {
    bound: 'cpus',
    name: 'cpu',
    one: ({ cpus }) => ({ 'cpu.cfs_quota_us': String(quota(cpus)), 'cpu.cfs_period_us': String(PERIOD_US) }),
    two: ({ cpus }) => ({ 'cpu.max': `${quota(cpus)} ${PERIOD_US}` }),
  },
];

/** Makes the group of a job, or `undefined` where this user may make none. `root` and `own` are for tests. */
export function makeControlGroup(
  job: string,
  limits: SandboxLimits,
  root = ROOT,
  own = '/proc/self/cgroup',
): ControlGroup | undefined {
  const name = `${PREFIX}${process.pid}-${job}-${Math.trunc(performance.now() * 1_000).toString(36)}`;
  const places = existsSync(path.join(root, 'cgroup.controllers'))
    ? versionTwo(root, own, name, limits)
    : versionOne(root, own, name, limits);
  return places.length === 0 ? undefined : group(places);
}

interface Place {
  readonly folder: string;
  readonly bounds: readonly Bound[];
}

function versionOne(root: string, own: string, name: string, limits: SandboxLimits): Place[] {
  const places: Place[] = [];
  for (const { bound, name: controller, one } of CONTROLLERS) {
    const tree = path.join(root, controller);
    for (const parent of ancestors(tree, ownGroup(own, controller))) {
      const folder = path.join(parent, name);
      if (!make(folder)) continue;
      if (settle(folder, one(limits))) {
        places.push({ folder, bounds: [bound] });
        break;
      }
      drop(folder);
    }
  }
  return places;
}

/**
 * The nearest group above us that keeps most bounds: within whatever bounds Sluice itself is given. The kernel divides no group that
 * has processes of its own, so that it is seldom our own.
 */
function versionTwo(root: string, own: string, name: string, limits: SandboxLimits): Place[] {
  let best: Place | undefined;
  for (const parent of ancestors(root, ownGroup(own, ''))) {
    sweep(parent);
    const folder = path.join(parent, name);
    for (const { name: controller } of CONTROLLERS)
      write(path.join(parent, 'cgroup.subtree_control'), `+${controller}`);
    if (!make(folder)) continue;
    const bounds = CONTROLLERS.filter(({ two }) => settle(folder, two(limits))).map(({ bound }) => bound);
    if (bounds.length > (best?.bounds.length ?? 0)) {
      if (best !== undefined) drop(best.folder);
      best = { folder, bounds };
    } else drop(folder);
    if (best?.bounds.length === CONTROLLERS.length) break;
  }
  return best === undefined ? [] : [best];
}

/** Our own group and those above it, the nearest first. */
function ancestors(root: string, group: string): string[] {
  const parts = group.split('/').filter(Boolean);
  return [...parts.keys(), parts.length].toReversed().map((count) => path.join(root, ...parts.slice(0, count)));
}

function group(places: readonly Place[]): ControlGroup {
  return {
    joinFiles: places.map(({ folder }) => path.join(folder, 'cgroup.procs')),
    holds: new Set(places.flatMap(({ bounds }) => bounds)),
    counts: () => ({
      memory: Math.max(0, ...places.map(({ folder }) => outOfMemory(folder))),
      processes: Math.max(0, ...places.map(({ folder }) => figure(path.join(folder, 'pids.events'), 'max'))),
    }),
    isEmpty: () => places.every(({ folder }) => read(path.join(folder, 'cgroup.procs')).trim() === ''),
    remove: async () => {
      for (const { folder } of places) await empty(folder);
    },
  };
}

const outOfMemory = (folder: string): number =>
  figure(path.join(folder, 'memory.events'), 'oom_kill') || figure(path.join(folder, 'memory.oom_control'), 'oom_kill');

/** The number after a word in a file of lines `word number`. */
function figure(file: string, word: string): number {
  return Number(new RegExp(`^${word} (\\d+)$`, 'm').exec(read(file))?.[1] ?? 0);
}

const TRIES = 100;

async function empty(folder: string): Promise<void> {
  write(path.join(folder, 'cgroup.kill'), '1');
  for (let left = TRIES; left > 0 && existsSync(folder); left--) {
    for (const pid of read(path.join(folder, 'cgroup.procs')).split('\n').filter(Boolean)) kill(Number(pid));
    if (drop(folder)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function kill(pid: number): void {
  try {
    if (pid > 0 && pid !== process.pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

/** Groups that a killed Sluice left behind; the kernel removes only those without a process. */
function sweep(parent: string): void {
  for (const name of list(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d{1,10})-`).exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) drop(path.join(parent, name));
  }
}

/** Our own group in a tree, as /proc/self/cgroup has it: `4:memory:/a/b`, for version 2 `0::/a/b`. */
function ownGroup(own: string, controller: string): string {
  for (const line of read(own).split('\n')) {
    const [, controllers = '', group = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers.split(',').includes(controller) && /^\d+:/.test(line)) return group;
  }
  return '/';
}

function make(folder: string): boolean {
  try {
    sweep(path.dirname(folder));
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function drop(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

function settle(folder: string, files: Readonly<Record<string, string>>): boolean {
  const taken = Object.entries(files).map(([name, value]) => write(path.join(folder, name), value));
  return taken[0] === true;
}

function write(file: string, value: string): boolean {
  try {
    writeFileSync(file, value, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
