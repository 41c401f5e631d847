/** A line beyond this length is left out: a job chooses the paths that it starts. */
const LONGEST = 64 * 1024;

/** Cuts pieces of bytes into lines. */
export class LineReader {
  readonly #onLine: (line: string) => void;
  #rest = '';
  #skipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!this.#skipping) this.#onLine(line);
      this.#skipping = false;
    }
    if (this.#rest.length > LONGEST) {
      this.#rest = '';
      this.#skipping = true;
    }
  }
}
