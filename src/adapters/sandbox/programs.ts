import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

/** Only the folders of the system: what guards the sandbox must not come from a folder that the user's PATH names. */
const FOLDERS = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin'];

/** The absolute path of a program of the system, or `undefined`. */
export function systemProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, name)).find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
