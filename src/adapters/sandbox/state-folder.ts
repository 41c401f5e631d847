import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The user inside. The number is what hosted runners use, and none that a file of the system belongs to. */
export const USER = { name: 'runner', id: 1001, home: '/home/runner' } as const;
export const HOST_NAME = 'sluice';

/** What a job keeps on the host while it runs: a folder that only its owner may enter and that no sandbox mounts as a whole. */
export interface StateFolder {
  readonly path: string;
  /** Made-up files of /etc. */
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
  for (const name of ['etc', 'tmp', 'home', 'proc']) mkdirSync(at(name));
  chmodSync(at('tmp'), 0o1777);
  for (const [name, text] of Object.entries(MADE_UP)) writeFileSync(path.join(at('etc'), name), text);
  return {
    path: root,
    etc: at('etc'),
    temp: at('tmp'),
    home: at('home'),
    processes: at('proc'),
    proxySocket: at('proxy.sock'),
    remove: () => removeTree(root),
  };
}

const MADE_UP: Readonly<Record<string, string>> = {
  passwd:
    'root:x:0:0:root:/root:/usr/sbin/nologin\n' +
    `${USER.name}:x:${USER.id}:${USER.id}:${USER.name}:${USER.home}:/bin/bash\n` +
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  group: `root:x:0:\n${USER.name}:x:${USER.id}:\nnogroup:x:65534:\n`,
  hosts: `127.0.0.1 localhost ${HOST_NAME}\n::1 localhost\n`,
  hostname: `${HOST_NAME}\n`,
  // The relay answers there: every name is refused, and seen.
  'resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n',
};

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

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A job may leave folders behind that not even their owner can list; they are opened up, then removed. Links are not followed. */
export function removeTree(at: string): void {
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
