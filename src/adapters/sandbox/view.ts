import { lstatSync } from 'node:fs';

/**
 * What is mounted for a step on top of the ground of its job, in this order. A neutral list, so that every driver mounts the
 * same things: bubblewrap takes it as options, the other driver as words.
 */
export type ViewEntry =
  | ({ readonly kind: 'bind' } & Bind)
  | { readonly kind: 'tmpfs'; readonly to: string; readonly mode: string }
  /** Made read-only once all is in place; a mount of its own must lie there. */
  | { readonly kind: 'seal'; readonly to: string }
  | { readonly kind: 'proc' }
  /** The usual device nodes, on read-only mounts: see {@link kernelSystem}. */
  | { readonly kind: 'dev' };

/** Both paths absolute; `from` on the host, without links. */
export interface Bind {
  readonly from: string;
  readonly to: string;
  readonly access: 'read' | 'write';
}

/** Files of /proc that tell about the whole machine more than a job needs; an empty file lies over each that exists. */
const HIDDEN = ['kcore', 'keys', 'kmsg', 'latency_stats', 'mtrr', 'sched_debug', 'sysrq-trigger', 'timer_list'];

/**
 * /proc and /dev, both read-only as mounts. That matters most where Sluice runs as root: the user inside is then the
 * host's root without capabilities, who owns /proc/sys and the device nodes, and `chmod /dev/null` would reach the host.
 * (A read-only mount does not stop writing to a device, only changing its node.)
 */
export function kernelSystem(): ViewEntry[] {
  const hidden = HIDDEN.filter((name) => kindOf(`/proc/${name}`) === 'file');
  return [
    { kind: 'proc' },
    { kind: 'dev' },
    ...hidden.map((name): ViewEntry => ({ kind: 'bind', from: '/dev/null', to: `/proc/${name}`, access: 'read' })),
    { kind: 'tmpfs', to: '/dev/shm', mode: '1777' },
    { kind: 'seal', to: '/dev' },
    { kind: 'seal', to: '/proc' },
  ];
}

/** What lies at a path, without following a link; `undefined` for nothing and for what is no concern of a view. */
export function kindOf(at: string): 'file' | 'folder' | 'link' | undefined {
  const found = lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : undefined;
}
