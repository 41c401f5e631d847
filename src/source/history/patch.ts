/** Lines that a commit added in one place of one file: what scanners of `git log -p` see. */
export interface AddedLines {
  readonly commit: string;
  /** As git stores it: bytes, one for each character. */
  readonly path: string;
  /** The number of the first line in the new version of the file, from 1. */
  readonly line: number;
  /** The lines with their line breaks. */
  readonly text: Buffer;
}

const LINE_FEED = 10;
const PLUS = 43;
const BACKSLASH = 92;

/**
 * Reads what `git diff-tree --stdin -p -U0` writes, in chunks of any size. Content cannot pass for a header: a hunk
 * says how many lines it has.
 */
export class PatchReader {
  readonly #wanted: (commit: string, path: string) => boolean;
  readonly #found: (added: AddedLines) => void;
  #rest: Buffer = Buffer.alloc(0);
  #commit = '';
  #path: string | undefined;
  #line = 0;
  #toSkip = 0;
  #toTake = 0;
  #lines: Buffer[] = [];
  /** The last line taken, which a "no newline" mark may follow. */
  #ended = false;

  constructor(wanted: (commit: string, path: string) => boolean, found: (added: AddedLines) => void) {
    this.#wanted = wanted;
    this.#found = found;
  }

  push(chunk: Buffer): void {
    const text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = text.indexOf(LINE_FEED); end !== -1; end = text.indexOf(LINE_FEED, from)) {
      this.#readLine(text, from, end);
      from = end + 1;
    }
    this.#rest = Buffer.from(text.subarray(from));
  }

  end(): void {
    this.#finishHunk();
  }

  #readLine(text: Buffer, from: number, end: number): void {
    if (this.#toSkip > 0 && text[from] !== BACKSLASH) {
      this.#toSkip--;
      return;
    }
    if (this.#toTake > 0 && text[from] === PLUS) {
      this.#toTake--;
      if (this.#path !== undefined) this.#lines.push(Buffer.from(text.subarray(from + 1, end + 1)));
      return;
    }
    if (text[from] === BACKSLASH) {
      if (this.#toTake === 0 && this.#toSkip === 0) this.#cutLineBreak();
      return;
    }
    this.#finishHunk();
    this.#readHeader(text.toString('latin1', from, end));
  }

  #readHeader(line: string): void {
    if (line.startsWith('@@ ')) this.#startHunk(line);
    else if (line.startsWith('+++ ')) this.#path = this.#pathOf(line.slice(4));
    else if (line.startsWith('diff --git ')) this.#path = undefined;
    else if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(line)) this.#commit = line;
  }

  #pathOf(name: string): string | undefined {
    // git ends a name that has spaces with a tab here.
    const path = unquote(name.endsWith('\t') ? name.slice(0, -1) : name);
    return path.startsWith('b/') && this.#wanted(this.#commit, path.slice(2)) ? path.slice(2) : undefined;
  }

  #startHunk(line: string): void {
    const numbers = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (numbers === null) return;
    this.#toSkip = Number(numbers[1] ?? 1);
    this.#line = Number(numbers[2]);
    this.#toTake = Number(numbers[3] ?? 1);
    this.#ended = false;
  }

  /** "\ No newline at end of file" stands behind the line it is about, which can be a removed one. */
  #cutLineBreak(): void {
    const last = this.#lines.length - 1;
    if (last < 0 || this.#ended) return;
    this.#ended = true;
    this.#lines[last] = (this.#lines[last] as Buffer).subarray(0, -1);
  }

  #finishHunk(): void {
    if (this.#lines.length === 0 || this.#path === undefined) return;
    this.#found({ commit: this.#commit, path: this.#path, line: this.#line, text: Buffer.concat(this.#lines) });
    this.#lines = [];
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/** A name as git quotes it in headers when it holds control characters, quotes or backslashes. */
export function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  return name
    .slice(1, -1)
    .replace(/\\(?:([0-3][0-7]{2})|([abtnvfr"\\]))/g, (_, octal: string | undefined, letter: string) =>
      octal === undefined ? (ESCAPES[letter] as string) : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
