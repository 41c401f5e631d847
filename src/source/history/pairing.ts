/** More changed lines than this and git may settle for a diff that is not the shortest. */
const MOST_CHANGED = 200;

const LINE_FEED = 10;

/**
 * How two texts pair up that share no first and no last line. Of a line that both hold it can often be said, without
 * a diff, that every diff keeps it.
 */
export class Pairing {
  readonly #now: readonly Line[];
  readonly #aligned: readonly Line[] | undefined;
  readonly #many: number;

  constructor(now: Buffer, nowStart: number, nowEnd: number, before: Buffer, beforeStart: number, beforeEnd: number) {
    const known = new Map<string, Content>();
    this.#now = linesOf(now, nowStart, nowEnd, known, 'now');
    const old = linesOf(before, beforeStart, beforeEnd, known, 'before');
    this.#aligned = aligned(this.#now, old);
    this.#many = this.#aligned === undefined ? 0 : manyOf(Math.min(countLines(now), countLines(before)));
  }

  /** How often the line at an offset of the new text is in the changed parts: of the new text, and of the old one. */
  counts(offset: number): { readonly now: number; readonly before: number } {
    return this.#lineAt(offset)?.content ?? { now: 0, before: 0 };
  }

  /**
   * Whether every diff keeps the line at an offset. Without the lines that only one text has, both texts are the same
   * lines in the same order; then the shortest diff pairs all of them, and no other one does. No line equal to this one is
   * left over that a hunk could slide to. git does leave lines out that occur very often, so this one and those next to
   * it must not.
   */
  isKept(offset: number): boolean {
    const line = this.#lineAt(offset);
    if (line === undefined || this.#aligned === undefined) return false;
    const at = this.#aligned.indexOf(line);
    if (at === -1) return false;
    return this.#isRare(line) && this.#isRare(this.#aligned[at - 1]) && this.#isRare(this.#aligned[at + 1]);
  }

  #isRare(line: Line | undefined): boolean {
    return line === undefined || Math.max(line.content.now, line.content.before) < this.#many;
  }

  #lineAt(offset: number): Line | undefined {
    return this.#now.findLast((line) => line.start <= offset);
  }
}

/** One text of a line, and how often each side has it. */
interface Content {
  now: number;
  before: number;
}

interface Line {
  readonly start: number;
  readonly content: Content;
}

function linesOf(text: Buffer, start: number, end: number, known: Map<string, Content>, side: keyof Content): Line[] {
  const lines: Line[] = [];
  for (let at = start; at < end; ) {
    const feed = text.indexOf(LINE_FEED, at);
    const next = feed === -1 || feed >= end ? end : feed + 1;
    const bytes = text.toString('latin1', at, next);
    const content = known.get(bytes) ?? { now: 0, before: 0 };
    if (content.now + content.before === 0) known.set(bytes, content);
    content[side]++;
    lines.push({ start: at, content });
    at = next;
  }
  return lines;
}

/** The lines of `now` that `before` has too, if those are the same lines in the same order on both sides. */
function aligned(now: readonly Line[], before: readonly Line[]): readonly Line[] | undefined {
  const common = now.filter(({ content }) => content.before > 0);
  const others = before.filter(({ content }) => content.now > 0);
  if (common.length !== others.length) return undefined;
  if (now.length + before.length - 2 * common.length > MOST_CHANGED) return undefined;
  return common.every(({ content }, i) => content === others[i]?.content) ? common : undefined;
}

/** From how many occurrences on git may leave a line out: about the square root of the number of lines. */
function manyOf(lines: number): number {
  let many = 1;
  for (let rest = lines; rest > 0; rest >>= 2) many <<= 1;
  return many;
}

function countLines(text: Buffer): number {
  let count = 1;
  for (let at = text.indexOf(LINE_FEED); at !== -1; at = text.indexOf(LINE_FEED, at + 1)) count++;
  return count;
}
