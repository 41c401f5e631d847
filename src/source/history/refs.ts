import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRegular } from './regular-file.ts';

/** What refs name, by their full names. Ids are lower-case hexadecimal. */
export interface Refs {
  /** The id of HEAD; `undefined` on a branch without commits. */
  readonly head: string | undefined;
  /** The ids of all refs, each once, in no order that means anything. */
  readonly tips: readonly string[];
}

const ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const SYMBOLIC = /^ref: +(refs\/.+)$/;

/** Symbolic refs of symbolic refs, as far as git follows them. */
const DEEPEST = 5;

/**
 * Reads refs from the files of a repository (gitrepository-layout(5)): its own folder for HEAD and refs of a linked work
 * tree, the common one for all others. `undefined` where they are kept in another way or not all can be read: ask git.
 */
export function readRefs(gitDir: string, commonDir: string): Refs | undefined {
  try {
    const refs = packedRefs(commonDir);
    addLoose(commonDir, 'refs', refs);
    if (gitDir !== commonDir && existsSync(join(gitDir, 'refs'))) addLoose(gitDir, 'refs', refs);
    const head = resolved(textOf(join(gitDir, 'HEAD')), refs);
    const tips = [...refs.values()].flatMap((ref) => (ID.test(ref) ? [ref] : []));
    return { head, tips: [...new Set(tips)] };
  } catch {
    return undefined;
  }
}

/** By name what is written in the file of packed refs, which need not exist. */
function packedRefs(commonDir: string): Map<string, string> {
  const refs = new Map<string, string>();
  for (const line of textOf(join(commonDir, 'packed-refs'), '').split('\n')) {
    const [id, name] = line.split(' ');
    if (name !== undefined && ID.test(id as string)) refs.set(name, id as string);
  }
  return refs;
}

/** Refs in files of their own, which count before packed ones. Throws where something there is no file of a ref. */
function addLoose(folder: string, name: string, refs: Map<string, string>): void {
  for (const entry of readdirSync(join(folder, name), { withFileTypes: true })) {
    const path = `${name}/${entry.name}`;
    if (entry.isDirectory()) addLoose(folder, path, refs);
    else if (!entry.name.endsWith('.lock')) refs.set(path, refOf(textOf(join(folder, path))));
  }
}

function refOf(text: string): string {
  if (!ID.test(text) && !SYMBOLIC.test(text)) throw new Error('a ref that git has to be asked about');
  return text;
}

function resolved(text: string, refs: ReadonlyMap<string, string>): string | undefined {
  let ref: string | undefined = refOf(text);
  for (let depth = 0; ref !== undefined && depth < DEEPEST; depth++) {
    if (ID.test(ref)) return ref;
    ref = refs.get(SYMBOLIC.exec(ref)?.[1] ?? '');
  }
  return undefined;
}

/** A file without the white space at its end; `otherwise` where there is none. */
function textOf(path: string, otherwise?: string): string {
  try {
    return readRegular(path).toString('latin1').trimEnd();
  } catch (error) {
    if (otherwise === undefined || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return otherwise;
  }
}
