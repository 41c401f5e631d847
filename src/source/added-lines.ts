import type { LineRange } from '#core/artifact.ts';
import { displayName } from './name.ts';

/** What git is asked for, so that {@link addedLines} understands it: every change of content as hunks without context. */
export const PATCH_OPTIONS = [
  '--patch',
  '--unified=0',
  '--text',
  '--no-renames',
  '--no-color',
  '--relative',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--diff-filter=M',
];

/** No path is longer than this, even with each of its bytes as an octal escape. */
const LONGEST_HEADER = 64 * 1024;

/**
 * The lines that a patch adds to each file, by path. Reads a patch of any size in the memory of its hunk headers alone:
 * of a line no more than the beginning is looked at.
 */
export async function addedLines(patch: AsyncIterable<Buffer>): Promise<Map<string, LineRange[]>> {
  const parser = new PatchParser();
  for await (const line of lineStarts(patch)) parser.line(line);
  return parser.ranges;
}

class PatchParser {
  readonly ranges = new Map<string, LineRange[]>();
  #current: LineRange[] | undefined;
  /** Lines of the hunk still to come; they may look like anything. */
  #left = 0;

  line(line: Buffer): void {
    const first = line[0];
    if (this.#left > 0) {
      // A backslash starts a remark on the line before and does not count.
      if (first !== 0x5c) this.#left -= 1;
    } else if (first === 0x40) this.#hunk(line.toString('latin1', 0, 128));
    else if (first === 0x64) this.#current = undefined;
    else if (first === 0x2b && line.toString('latin1', 0, 4) === '+++ ') this.#file(line.subarray(4));
  }

  #file(name: Buffer): void {
    const path = patchPath(name);
    if (path === undefined) return;
    this.#current = this.ranges.get(path) ?? [];
    this.ranges.set(path, this.#current);
  }

  #hunk(header: string): void {
    const [, removed, start, added] = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(header) ?? [];
    if (start === undefined) return;
    const count = Number(added ?? 1);
    this.#left = Number(removed ?? 1) + count;
    if (count > 0) this.#current?.push({ first: Number(start), last: Number(start) + count - 1 });
  }
}

/** The path in a `+++` line: after `b/`, quoted as C strings are where it holds something special. */
export function patchPath(name: Buffer): string | undefined {
  const quoted = name[0] === 0x22;
  // A name with a space has a tab after it, so that old tools know where it ends; a tab in a name is quoted.
  const end = name.at(-1) === 0x09 ? name.length - 1 : name.length;
  const path = quoted ? unquoted(name) : name.subarray(0, end);
  return path.toString('latin1', 0, 2) === 'b/' ? displayName(path.subarray(2)) : undefined;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

function unquoted(name: Buffer): Buffer {
  const bytes: number[] = [];
  for (let at = 1; at < name.length && name[at] !== 0x22; at += 1) {
    if (name[at] !== 0x5c) bytes.push(name[at] as number);
    else {
      const octal = /^[0-3][0-7]{2}/.exec(name.toString('latin1', at + 1, at + 4))?.[0];
      bytes.push(
        octal === undefined ? (ESCAPES[String.fromCharCode(name[at + 1] ?? 0)] ?? 0x3f) : Number.parseInt(octal, 8),
      );
      at += octal === undefined ? 1 : 3;
    }
  }
  return Buffer.from(bytes);
}

/** The beginning of each line, without its line feed. */
async function* lineStarts(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
      yield begun(start, chunk.subarray(from, end));
      start = Buffer.alloc(0);
      from = end + 1;
    }
    start = begun(start, chunk.subarray(from));
  }
  if (start.length > 0) yield start;
}

function begun(start: Buffer, more: Buffer): Buffer {
  if (start.length === 0) return more.subarray(0, LONGEST_HEADER);
  if (start.length >= LONGEST_HEADER) return start;
  return Buffer.concat([start, more.subarray(0, LONGEST_HEADER - start.length)]);
}
