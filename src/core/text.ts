import { isAscii } from 'node:buffer';
import type { Span } from './secret.ts';

/** A place in a text as people count: line and column from 1, column in UTF-16 code units (SARIF's default). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The content of a text artifact. `bytes` are UTF-8 (whatever the file's encoding was); `string` is decoded on first use,
 * since most files are dismissed by looking at their bytes alone.
 *
 * Trap: offsets into `bytes` and into `string` are the same only where `ascii` is true.
 */
export class Text {
  readonly bytes: Buffer;
  #ascii: boolean | undefined;
  #string: string | undefined;
  #lineStarts: Uint32Array | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  static from(string: string): Text {
    const text = new Text(Buffer.from(string, 'utf8'));
    text.#string = string;
    return text;
  }

  get ascii(): boolean {
    this.#ascii ??= isAscii(this.bytes);
    return this.#ascii;
  }

  get string(): string {
    this.#string ??= this.bytes.toString(this.ascii ? 'latin1' : 'utf8');
    return this.#string;
  }

  /** String index of the first character of each line; a line ends after `\n`. */
  get lineStarts(): Uint32Array {
    this.#lineStarts ??= lineStartsOf(this.string);
    return this.#lineStarts;
  }

  get lineCount(): number {
    return this.lineStarts.length;
  }

  /** The position of a string index; an index past the end is the end. */
  positionAt(index: number): Position {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= index) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(index, this.string.length) - (starts[low] as number) + 1 };
  }

  /** The span of a line (from 1) without its line break (`\n` or `\r\n`). */
  lineSpan(line: number): Span {
    const starts = this.lineStarts;
    const start = starts[line - 1];
    if (start === undefined) throw new RangeError(`line ${line} of ${starts.length}`);
    let end = line < starts.length ? (starts[line] as number) - 1 : this.string.length;
    if (end > start && this.string.charCodeAt(end - 1) === 13) end -= 1;
    return { start, end };
  }

  line(line: number): string {
    const { start, end } = this.lineSpan(line);
    return this.string.slice(start, end);
  }
}

function lineStartsOf(string: string): Uint32Array {
  const starts = [0];
  for (let at = string.indexOf('\n'); at !== -1; at = string.indexOf('\n', at + 1)) starts.push(at + 1);
  return Uint32Array.from(starts);
}
