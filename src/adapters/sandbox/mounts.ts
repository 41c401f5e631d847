import { closeSync, lstatSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Mount } from '#core/sandbox.ts';
import { inside } from './inside.ts';
import { kindOf } from './view.ts';

/** Parts of the view that are the kernel's; a mount over them would undo what is sealed there. */
const RESERVED = ['/proc', '/dev', '/sys'];

/** The mounts of a job, with the links in `from` resolved: nothing of the job has run yet, so what they lead to is the user's own doing. */
export function jobMounts(mounts: readonly Mount[]): Mount[] {
  return mounts.map((mount) => {
    checkTarget(mount.to);
    try {
      return { ...mount, from: realpathSync(mount.from) };
    } catch (cause) {
      throw new SluiceError('mount-missing', `What is to be mounted at ${mount.to} does not exist.`, { cause });
    }
  });
}

/**
 * The mounts of one command. By now code of the job may have run and may be running: neither where a mount comes from nor where it
 * goes may lie where the job can write, since a link placed there, even in the last moment, would lead anywhere on the host.
 */
export function stepMounts(mounts: readonly Mount[], job: readonly Mount[]): Mount[] {
  const writable = job.filter(({ access }) => access === 'write');
  return mounts.map((mount) => {
    checkTarget(mount.to);
    const from = realpathSync(mount.from);
    const exposed = writable.some(
      (each) => (each.from !== from && inside(from, each.from)) || inside(mount.to, each.to),
    );
    if (exposed) {
      throw new SluiceError(
        'mount-refused',
        `The mount at ${mount.to} of one command touches where the job can write.`,
      );
    }
    return { ...mount, from };
  });
}

function checkTarget(to: string): void {
  const reserved = RESERVED.some((folder) => inside(to, folder));
  if (path.isAbsolute(to) && path.normalize(to) === to && to !== '/' && !reserved) return;
  throw new SluiceError('mount-refused', `Nothing can be mounted at ${JSON.stringify(to)}.`, {
    hint: 'Name an absolute path without `..`, outside /proc, /dev and /sys.',
  });
}

/**
 * Makes the place where `mount` goes within what lies below it: an image's root, or a folder of the job that is mounted writable.
 * A link on the way there is refused, because the program that mounts would follow it.
 */
export function makeMountPoint(mount: Mount, below: readonly Mount[]): void {
  const under = below.findLast(({ to }) => inside(mount.to, to === '/' ? '' : to) && to !== mount.to);
  if (under === undefined || (under.access === 'read' && under.to !== '/')) return;
  let at = under.from;
  const parts = path.relative(under.to, mount.to).split('/');
  for (const [index, part] of parts.entries()) {
    at = path.join(at, part);
    const wanted = index < parts.length - 1 || lstatSync(mount.from).isDirectory() ? 'folder' : 'file';
    const there = kindOf(at);
    if (there === wanted) continue;
    if (there !== undefined || lstatSync(at, { throwIfNoEntry: false }) !== undefined) {
      throw new SluiceError(
        'mount-refused',
        `Nothing can be mounted at ${mount.to}: a link or another kind of file is in the way.`,
      );
    }
    if (wanted === 'folder') mkdirSync(at);
    else closeSync(openSync(at, 'wx'));
  }
}
