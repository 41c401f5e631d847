import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { SluiceError } from '#core/error.ts';
import { shown } from './user-file.ts';

/** Whether a path lies in a folder or is it; both without links in them. */
export function isWithin(folder: string, path: string): boolean {
  const from = relative(folder, path);
  return from !== '..' && !from.startsWith(`..${sep}`) && !isAbsolute(from);
}

/**
 * A file that is found by its name, as `sluice.yaml` is, if it is there. It came with what is scanned, so it may be a link
 * within its repository (without one: its folder) and no further: otherwise a change could have the scan obey any file of
 * the machine. `option` is how a user names such a file where they mean it.
 *
 * @throws SluiceError `path-outside`
 */
export function discovered(file: string, option: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const folder = realpathSync(dirname(file));
  if (isWithin(repositoryOf(folder), realpathSync(file))) return file;
  const hint = `Put the file itself there, or name it with ${option}.`;
  throw new SluiceError('path-outside', `${shown(file)} is a link out of its repository`, { hint });
}

function repositoryOf(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}
