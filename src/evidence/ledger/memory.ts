import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Disk } from '#core/ports.ts';

/**
 * The last state seen of each ledger, in the user's own folder: what was seen once must still be there, so that a ledger
 * cut back, rewritten or swapped for another is noticed although every signature in it is right.
 */
export interface LedgerMemory {
  /** The last checkpoint seen in this folder; `undefined` where none ever was. */
  recall(folder: string): string | undefined;
  remember(folder: string, checkpoint: string): void;
  /** For a ledger that its owner deleted or replaced on purpose. */
  forget(folder: string): void;
}

/** Remembers in files below `home`, one for each folder of a ledger. */
export function ledgerMemory(home: string, disk: Disk): LedgerMemory {
  const fileOf = (folder: string): string =>
    join(home, 'ledgers', `${createHash('sha256').update(trueName(folder)).digest('hex').slice(0, 32)}.checkpoint`);
  return {
    recall: (folder) => {
      try {
        return readFileSync(fileOf(folder), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    remember: (folder, checkpoint) => {
      const file = fileOf(folder);
      mkdirSync(join(home, 'ledgers'), { recursive: true, mode: 0o700 });
      disk.write(file, checkpoint);
    },
    forget: (folder) => rmSync(fileOf(folder), { force: true }),
  };
}

/** The folder by its one name, also when it is gone: a ledger that was deleted must be missed under the name it had. */
function trueName(folder: string): string {
  const path = resolve(folder);
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : join(trueName(above), path.slice(above.length));
  }
}
