import { lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { inside } from './inside.ts';

/**
 * What a step sees as its file system, in the order in which it is put together. A neutral list, so that every driver
 * mounts the same things: bubblewrap takes it as options, the other driver as system calls.
 */
export type ViewEntry =
  | { readonly kind: 'bind'; readonly from: string; readonly to: string; readonly access: 'read' | 'write' }
  | { readonly kind: 'tmpfs'; readonly to: string; readonly mode: string }
  | { readonly kind: 'link'; readonly target: string; readonly to: string }
  | { readonly kind: 'folder'; readonly to: string }
  /** Made read-only once all is in place; a mount of its own must lie there. */
  | { readonly kind: 'seal'; readonly to: string }
  | { readonly kind: 'proc' }
  /** The usual device nodes, on read-only mounts: see {@link kernelSystem}. */
  | { readonly kind: 'dev' };

/** Where programs and libraries lie on the distributions we know; most are links into /usr today. */
const SYSTEM = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32'];

/**
 * What of the host's /etc a toolchain needs and what holds no secret. Left out on purpose: shadow, ssh, ssl/private, and
 * the configuration of package clients (pip.conf, npmrc, gitconfig), which often holds credentials.
 */
const ETC = [
  'alternatives',
  'ca-certificates',
  'ca-certificates.conf',
  'debian_version',
  'fonts',
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'locale.alias',
  'magic',
  'magic.mime',
  'maven/logging',
  'maven/m2.conf',
  'mime.types',
  'os-release',
  'perl',
  'pki/ca-trust',
  'pki/tls/certs',
  'protocols',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
  'terminfo',
  'timezone',
];

/** Settings of interpreters, whose folders have their version in the name. */
const ETC_OF_VERSIONS = /^(?:java(?:-\d+-openjdk)?|python\d(?:\.\d+)?)$/;

/** Files of /proc that tell about the whole machine more than a job needs; an empty file lies over each that exists. */
const HIDDEN = ['kcore', 'keys', 'kmsg', 'latency_stats', 'mtrr', 'sched_debug', 'sysrq-trigger', 'timer_list'];

/** The system of the host, read-only: /usr and what belongs to it, /opt, and a made-up /etc from `madeUp`. */
export function hostSystem(madeUp: string): ViewEntry[] {
  const entries: ViewEntry[] = [readOnly('/usr', '/usr')];
  for (const name of SYSTEM) {
    const at = `/${name}`;
    const kind = kindOf(at);
    if (kind === 'link') entries.push({ kind: 'link', target: readlinkSync(at), to: at });
    if (kind === 'folder') entries.push(readOnly(at, at));
  }
  // One by one, so that a job can have a mount of its own beside them.
  if (kindOf('/opt') === 'folder') {
    for (const name of readdirSync('/opt').toSorted()) {
      if (kindOf(`/opt/${name}`) !== 'link') entries.push(readOnly(`/opt/${name}`, `/opt/${name}`));
    }
  }
  entries.push({ kind: 'folder', to: '/etc' });
  const versions = readdirSync('/etc').filter((name) => ETC_OF_VERSIONS.test(name));
  for (const name of [...ETC, ...versions.toSorted()]) entries.push(...entryOfEtc(`/etc/${name}`));
  for (const name of readdirSync(madeUp).toSorted()) entries.push(readOnly(path.join(madeUp, name), `/etc/${name}`));
  entries.push({ kind: 'folder', to: '/run' }, { kind: 'folder', to: '/var' });
  entries.push({ kind: 'link', target: '/run', to: '/var/run' }, { kind: 'link', target: '/tmp', to: '/var/tmp' });
  return entries;
}

/** A folder with an unpacked image, read-only, with our names and addresses over those in its /etc that exist. */
export function imageSystem(root: string, madeUp: string): ViewEntry[] {
  const entries: ViewEntry[] = [readOnly(root, '/')];
  for (const name of readdirSync(madeUp).toSorted()) {
    if (kindOf(path.join(root, 'etc', name)) === 'file') {
      entries.push(readOnly(path.join(madeUp, name), `/etc/${name}`));
    }
  }
  return entries;
}

/**
 * /proc and /dev, both read-only as mounts. That matters most where Sluice runs as root: the user inside is then the
 * host's root without capabilities, who owns /proc/sys and the device nodes, and `chmod /dev/null` would reach the host.
 * (A read-only mount does not stop writing to a device, only changing its node.)
 */
export function kernelSystem(): ViewEntry[] {
  return [
    { kind: 'proc' },
    { kind: 'dev' },
    ...HIDDEN.filter((name) => kindOf(`/proc/${name}`) === 'file').map((name) =>
      readOnly('/dev/null', `/proc/${name}`),
    ),
    { kind: 'tmpfs', to: '/dev/shm', mode: '1777' },
    { kind: 'seal', to: '/dev' },
    { kind: 'seal', to: '/proc' },
  ];
}

/** With the folders above each mount that no entry before it brings, so that they can be entered by everyone. */
export function withParents(entries: readonly ViewEntry[]): ViewEntry[] {
  const there = new Set<string>(['/']);
  const bound: string[] = [];
  return entries.flatMap((entry) => {
    if (!('to' in entry) || entry.kind === 'seal') return [entry];
    const parents: ViewEntry[] = [];
    for (
      let at = path.dirname(entry.to);
      !there.has(at) && !bound.some((to) => inside(at, to));
      at = path.dirname(at)
    ) {
      there.add(at);
      parents.unshift({ kind: 'folder', to: at });
    }
    if (entry.kind === 'bind' || entry.kind === 'tmpfs') bound.push(entry.to === '/' ? '' : entry.to);
    return [...parents, entry];
  });
}

const readOnly = (from: string, to: string): ViewEntry => ({ kind: 'bind', from, to, access: 'read' });

/** A link in /etc stays a link where it points into what the sandbox sees; else what it points at is mounted. */
function entryOfEtc(at: string): ViewEntry[] {
  const kind = kindOf(at);
  if (kind === undefined) return [];
  if (kind !== 'link') return [readOnly(at, at)];
  try {
    const real = realpathSync(at);
    return real.startsWith('/usr/') ? [{ kind: 'link', target: real, to: at }] : [];
  } catch {
    return [];
  }
}

/** What lies at a path, without following a link; `undefined` for nothing and for what is no concern of a view. */
export function kindOf(at: string): 'file' | 'folder' | 'link' | undefined {
  const found = lstatSync(at, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : undefined;
}
