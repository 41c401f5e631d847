import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Artifact } from '#core/artifact.ts';
import { Text } from '#core/text.ts';

/** A text file that was read beforehand; each call of `artifact` gives it as if it had just been. */
export interface Sample {
  readonly path: string;
  readonly bytes: Buffer;
  artifact(): Artifact;
}

const LARGEST = 8_000_000;
const HEAD = 8_000;

/** The text files of a folder, without git's own. */
export function readFolder(folder: string): Sample[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/(?:^|\/)\.git(?:\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size <= LARGEST)
    .map((file) => ({ path: relative(folder, file), bytes: readFileSync(file) }))
    .filter(({ bytes }) => !bytes.subarray(0, HEAD).includes(0))
    .map(({ path, bytes }) => ({
      path,
      bytes,
      artifact: () => ({ path, bytes, origin: { kind: 'file' }, text: new Text(bytes) }),
    }));
}
