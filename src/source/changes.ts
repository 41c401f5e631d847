import { type Name, shown } from './lister.ts';
import { fieldsOf } from './names.ts';

/** What git is asked for, so that {@link changesIn} understands it. */
export const RAW_OPTIONS = [
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--relative',
  '--diff-filter=AMTU',
  // A `.gitmodules` of the change could say that its submodules are not looked at.
  '--ignore-submodules=none',
];

/** One path that a change brought or altered. */
export interface Change {
  readonly status: 'A' | 'M' | 'T' | 'U';
  readonly mode: string;
  readonly oldId: string;
  /** All zeros: git has not looked at the file in the work tree. */
  readonly newId: string;
  readonly name: Name;
  readonly path: string;
}

export const isFileMode = (mode: string): boolean => mode.startsWith('100');
export const isLinkMode = (mode: string): boolean => mode === '120000';
export const isSubmoduleMode = (mode: string): boolean => mode === '160000';

/** The records of a raw diff: `:<mode> <mode> <id> <id> <status>`, NUL, path, NUL. */
export async function* changesIn(output: AsyncIterable<Buffer>): AsyncGenerator<Change> {
  let header: RegExpExecArray | null = null;
  for await (const fields of fieldsOf(output)) {
    for (const field of fields) {
      if (header === null) header = headerOf(field);
      else {
        const [, mode, oldId, newId, status] = header as unknown as [string, string, string, string, Change['status']];
        yield { status, mode, oldId, newId, name: field, path: shown(field) };
        header = null;
      }
    }
  }
}

const headerOf = (field: Name): RegExpExecArray | null =>
  /^:[0-7]{6} ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([AMTU])\d*$/.exec(field.toString());
