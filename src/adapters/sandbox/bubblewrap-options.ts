import type { ViewEntry } from './view.ts';

/** A view as bubblewrap's options. The root is a folder in memory, read-only at the end. */
export function optionsOfView(entries: readonly ViewEntry[]): string[] {
  return [...entries.flatMap(optionsOf), '--remount-ro', '/'];
}

function optionsOf(entry: ViewEntry): string[] {
  switch (entry.kind) {
    case 'bind':
      return [entry.access === 'write' ? '--bind' : '--ro-bind', entry.from, entry.to];
    case 'tmpfs':
      return ['--perms', entry.mode, '--tmpfs', entry.to];
    case 'link':
      return ['--symlink', entry.target, entry.to];
    case 'folder':
      return ['--dir', entry.to];
    case 'seal':
      return ['--remount-ro', entry.to];
    case 'proc':
      return ['--proc', '/proc'];
    case 'dev':
      return ['--dev', '/dev'];
  }
}
