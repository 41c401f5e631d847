import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { SluiceError } from '#core/error.ts';
import type { SandboxDriver } from '#core/sandbox.ts';
import { bareDriver } from './bare.ts';
import { bubblewrap } from './bubblewrap.ts';
import type { Maker } from './maker.ts';
import { namespaceDriver } from './namespaces.ts';
import { systemProgram } from './programs.ts';
import { utilLinux } from './util-linux.ts';

export interface DriverChoice {
  readonly driver: SandboxDriver;
  /** One sentence for the log and the plan. */
  readonly why: string;
}

export interface DriverWish {
  /** This one or none. */
  readonly only?: SandboxDriver['name'];
  /** A person said `--unsafe-no-sandbox`: the bare machine, and nothing else. */
  readonly unsafe?: boolean;
}

/**
 * The driver that this machine offers: bubblewrap where it is installed, else the programs of util-linux and Perl. Neither is
 * taken before it has shown that it works here. Where none does: a SluiceError `sandbox-missing` that says what is in the way.
 */
export function chooseDriver(wish: DriverWish = {}): DriverChoice {
  if (wish.unsafe || wish.only === 'none') {
    return { driver: bareDriver(), why: 'A person asked for no sandbox.' };
  }
  const tried = CANDIDATES.filter(({ name }) => wish.only === undefined || wish.only === name).map(({ find }) =>
    find(),
  );
  const maker = tried.find((found) => 'maker' in found);
  if (maker !== undefined) return { driver: namespaceDriver(maker.maker), why: maker.why };
  const reasons = tried.flatMap((found) => ('missing' in found ? [found.missing] : []));
  throw new SluiceError('sandbox-missing', `Jobs cannot be isolated on this machine: ${reasons.join(' ')}`, {
    hint: hint(),
  });
}

type Found = { readonly maker: Maker; readonly why: string } | { readonly missing: string };

const CANDIDATES: readonly { readonly name: SandboxDriver['name']; readonly find: () => Found }[] = [
  { name: 'bubblewrap', find: findBubblewrap },
  { name: 'unshare', find: findUtilLinux },
];

function findBubblewrap(): Found {
  const program = systemProgram('bwrap');
  if (program === undefined) return { missing: 'bubblewrap is not installed.' };
  const version = versionOf(program);
  const trouble = attempt(program, [
    '--unshare-user',
    '--unshare-net',
    '--unshare-pid',
    '--ro-bind',
    '/',
    '/',
    '--proc',
    '/proc',
    '/bin/true',
  ]);
  if (trouble !== undefined) return { missing: `bubblewrap ${version} does not work here (${trouble}).` };
  return { maker: bubblewrap(program, version, systemProgram('perl')), why: `bubblewrap ${version} is installed.` };
}

function findUtilLinux(): Found {
  const [unshare, setpriv, perl] = ['unshare', 'setpriv', 'perl'].map(systemProgram);
  if (unshare === undefined || setpriv === undefined)
    return { missing: 'unshare and setpriv of util-linux are not installed.' };
  if (perl === undefined)
    return { missing: 'perl, by which the other driver sets its filter of system calls, is not installed.' };
  const version = versionOf(unshare);
  const trouble = attempt(unshare, [
    '--user',
    '--map-root-user',
    '--net',
    '--pid',
    '--fork',
    '--mount-proc',
    '/bin/true',
  ]);
  if (trouble !== undefined) return { missing: `unshare ${version} does not work here (${trouble}).` };
  return {
    maker: utilLinux({ unshare, setpriv, perl }, version),
    why: `bubblewrap cannot be used; unshare ${version} of util-linux can.`,
  };
}

/** Runs a program that must succeed; what it complains of where it does not. */
function attempt(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env: {}, timeout: 10_000, cwd: '/' });
  if (status === 0) return undefined;
  return error?.message ?? (stderr.trim().split('\n')[0] || `it ended with ${status}`);
}

const versionOf = (program: string): string =>
  /\d+(?:\.\d+)+/.exec(spawnSync(program, ['--version'], { encoding: 'utf8', env: {} }).stdout)?.[0] ??
  'of unknown version';

/** What most often forbids an ordinary user to make namespaces, and what to do about it. */
function hint(): string {
  if (setting('kernel/apparmor_restrict_unprivileged_userns') === '1' && process.getuid?.() !== 0) {
    return (
      'AppArmor forbids user namespaces here (kernel.apparmor_restrict_unprivileged_userns). Install bubblewrap with a profile that ' +
      'allows them, see docs/guides/sandbox.md, or run Sluice as root.'
    );
  }
  if (setting('kernel/unprivileged_userns_clone') === '0' || setting('user/max_user_namespaces') === '0') {
    return 'User namespaces are switched off: see kernel.unprivileged_userns_clone and user.max_user_namespaces, or run Sluice as root.';
  }
  return 'Run npm run setup, or install bubblewrap. --unsafe-no-sandbox runs jobs on the bare machine.';
}

function setting(name: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${name}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
