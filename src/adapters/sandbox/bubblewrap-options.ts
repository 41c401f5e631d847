import path from 'node:path';
import type { Bind, ViewEntry } from './view.ts';

/** The ground of a job as bubblewrap's options, mounted below `root`. */
export const optionsOfGround = (binds: readonly Bind[], root: string): string[] =>
  binds.flatMap(({ from, to, access }) => [bindOption(access), from, path.join(root, to).replace(/\/$/, '')]);

/** What a step has on top of the ground as bubblewrap's options. */
export const optionsOfView = (entries: readonly ViewEntry[]): string[] => entries.flatMap(optionsOf);

const bindOption = (access: Bind['access']): string => (access === 'write' ? '--bind' : '--ro-bind');

function optionsOf(entry: ViewEntry): string[] {
  switch (entry.kind) {
    case 'bind':
      return [bindOption(entry.access), entry.from, entry.to];
    case 'tmpfs':
      return ['--perms', entry.mode, '--tmpfs', entry.to];
    case 'seal':
      return ['--remount-ro', entry.to];
    case 'proc':
      return ['--proc', '/proc'];
    case 'dev':
      return ['--dev', '/dev'];
  }
}
