const LINE_FEED = 10;
/** Text without a line feed is held back up to here, and then passed on as it is. */
const LONGEST_HELD = 1024 * 1024;
const MARKS = [Buffer.from('::'), Buffer.from('##[')] as const;

/** What a line that may be a command does, once the text before it was passed on; nothing where it is text. */
type CommandOf = (line: string) => (() => void | Promise<void>) | undefined;

/**
 * Takes command lines out of a stream of output and passes everything else on, unchanged and in order. Chunks without
 * the mark of a command are not taken apart, so that a flood of text costs little.
 */
export class LineReader {
  readonly #commandOf: CommandOf;
  readonly #onText: (text: Buffer) => void | Promise<void>;
  #held: Buffer = Buffer.alloc(0);
  /** Whether what is held belongs to a line whose start has been passed on already. */
  #within = false;

  constructor(commandOf: CommandOf, onText: (text: Buffer) => void | Promise<void>) {
    this.#commandOf = commandOf;
    this.#onText = onText;
  }

  async write(chunk: Buffer): Promise<void> {
    const data = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const end = data.lastIndexOf(LINE_FEED) + 1;
    this.#held = data.subarray(end);
    if (end > 0) await this.#lines(data.subarray(0, end));
    if (this.#held.length > LONGEST_HELD) {
      await this.#onText(this.#held);
      this.#held = Buffer.alloc(0);
      this.#within = true;
    } else if (this.#held.length > 0) this.#held = Buffer.from(this.#held);
  }

  async end(): Promise<void> {
    const last = this.#held;
    this.#held = Buffer.alloc(0);
    if (last.length > 0) await this.#lines(last);
  }

  async #lines(data: Buffer): Promise<void> {
    if (!MARKS.some((mark) => data.includes(mark))) {
      this.#within = false;
      await this.#onText(data);
      return;
    }
    // What is passed on goes out in as few pieces as there are commands between them.
    let from = 0;
    let at = 0;
    while (at < data.length) {
      const feed = data.indexOf(LINE_FEED, at);
      const next = feed < 0 ? data.length : feed + 1;
      const line = data.subarray(at, next);
      const isWhole = !this.#within;
      this.#within = false;
      if (
        isWhole &&
        MARKS.some((mark) => line.includes(mark)) &&
        (await this.#command(data.subarray(from, at), line))
      ) {
        from = next;
      }
      at = next;
    }
    if (from < data.length) await this.#onText(data.subarray(from));
  }

  async #command(before: Buffer, line: Buffer): Promise<boolean> {
    const act = this.#commandOf(withoutEnd(line.toString('utf8')));
    if (act === undefined) return false;
    if (before.length > 0) await this.#onText(before);
    await act();
    return true;
  }
}

const withoutEnd = (line: string): string =>
  line.endsWith('\r\n') ? line.slice(0, -2) : line.endsWith('\n') ? line.slice(0, -1) : line;
