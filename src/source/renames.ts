import { shown } from './lister.ts';
import { fieldsOf } from './names.ts';
import type { SourceOptions } from './source.ts';

/**
 * Files that are half the same are one file renamed, as git sees it by itself. Of more than two hundred on either side only
 * those that are wholly the same: comparing each with each has no end.
 */
const OPTIONS = ['diff', '--name-status', '-z', '--find-renames', '-l200', '--relative', '--diff-filter=R'];

/** What the files that a change renamed were called before, by their names now. `compared`: the arguments that name the change. */
export async function renamesIn(
  compared: readonly string[],
  cwd: string,
  { git, signal }: Pick<SourceOptions, 'git' | 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const output = git.stream([...OPTIONS, ...compared], { cwd, ...(signal === undefined ? {} : { signal }) });
  const former = new Map<string, string>();
  let record: string[] = [];
  for await (const fields of fieldsOf(output)) {
    for (const field of fields) {
      record.push(shown(field));
      if (record.length < 3) continue;
      const [, before, now] = record as [string, string, string];
      former.set(now, before);
      record = [];
    }
  }
  return former;
}
