import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Inflater } from './inflate.ts';
import { BLOB, COMMIT, TAG, TREE } from './pack.ts';

/** An object that stands alone in a file. */
export interface LooseObject {
  readonly type: number;
  readonly content: Buffer;
}

const TYPES: Readonly<Record<string, number>> = { blob: BLOB, commit: COMMIT, tag: TAG, tree: TREE };

/** "commit 2147483647" and its NUL fit in this. */
const HEADER = 32;

/** The ids of all loose objects of a store as hexadecimal, in order. */
export function looseIds(objects: string, idLength: number): string[] {
  const ids: string[] = [];
  const rest = new RegExp(`^[0-9a-f]{${idLength * 2 - 2}}$`);
  for (const folder of namesIn(objects)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of namesIn(join(objects, folder))) if (rest.test(name)) ids.push(folder + name);
  }
  return ids;
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** What is wrong with a loose object that could not be read. */
export type LooseLoss = 'absent' | 'damaged' | 'large';

/** Reads one loose object. Format: gitrepository-layout(5), gitformat-loose. */
export function readLoose(objects: string, id: string, inflater: Inflater, largest: number): LooseObject | LooseLoss {
  const path = join(objects, id.slice(0, 2), id.slice(2));
  let file: Buffer;
  try {
    // A FIFO or device with an object's name would block, and a file can be larger than what it inflates to only by little.
    const found = statSync(path);
    if (!found.isFile()) return 'damaged';
    if (found.size > largest + 65_536) return 'large';
    file = readFileSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'damaged';
  }
  const beginning = Buffer.alloc(HEADER);
  const known = inflater.inflate(file, 0, file.length, beginning, HEADER);
  const header = /^(blob|commit|tag|tree) (0|[1-9]\d{0,14})\0/.exec(
    beginning.toString('latin1', 0, Math.max(0, known)),
  );
  if (header === null) return 'damaged';
  const size = Number(header[2]);
  if (size > largest) return 'large';
  const start = (header[0] as string).length;
  const whole = Buffer.allocUnsafeSlow(start + size + 1);
  if (inflater.inflate(file, 0, file.length, whole, whole.length) !== start + size) return 'damaged';
  return { type: TYPES[header[1] as string] as number, content: whole.subarray(start, start + size) };
}
