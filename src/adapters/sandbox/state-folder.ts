import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../process.ts';

/** The user inside. The number is what hosted runners use, and none that a file of the system belongs to. */
export const USER = { name: 'runner', id: 1001, home: '/home/runner' } as const;
export const HOST_NAME = 'sluice';

/** What a job keeps on the host while it runs: a folder that only its owner may enter and that no sandbox mounts as a whole. */
export interface StateFolder {
  readonly path: string;
  /** Where the ground of the job is put together. */
  readonly root: string;
  /** Made-up files of /etc, for a ground that is an image. */
  readonly etc: string;
  /** /tmp and the home of the job, where the specification mounts no others. */
  readonly temp: string;
  readonly home: string;
  /** Where a holder may mount a /proc of its own. */
  readonly processes: string;
  /** The Unix socket of the egress proxy. */
  readonly proxySocket: string;
  remove(): void;
}

const PREFIX = 'sluice-job-';
/** A Unix socket's address has 107 bytes at most; a longer temporary folder would leave no room for its name. */
const LONGEST_PARENT = 60;

export function makeStateFolder(): StateFolder {
  const parent = tmpdir().length <= LONGEST_PARENT ? tmpdir() : '/tmp';
  sweep(parent);
  const root = mkdtempSync(path.join(parent, `${PREFIX}${process.pid}-`));
  const at = (name: string): string => path.join(root, name);
  for (const name of ['etc', 'tmp', 'home', 'proc', 'root']) mkdirSync(at(name));
  chmodSync(at('tmp'), 0o1777);
  return {
    path: root,
    etc: at('etc'),
    temp: at('tmp'),
    home: at('home'),
    root: at('root'),
    processes: at('proc'),
    proxySocket: at('proxy.sock'),
    remove: () => removeTree(root),
  };
}

/** Removes the folders of processes that were killed before they could. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${PREFIX}(\\d{1,10})-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const at = path.join(parent, name);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (found?.isDirectory() && found.uid === process.getuid?.()) removeTree(at);
  }
}

/** A job may leave folders behind that not even their owner can list; they are opened up, then removed. Links are not followed. */
function removeTree(at: string): void {
  try {
    rmSync(at, { recursive: true, force: true });
  } catch {
    openUp(at);
    rmSync(at, { recursive: true, force: true });
  }
}

function openUp(folder: string): void {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return;
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openUp(path.join(folder, entry.name));
  }
}
