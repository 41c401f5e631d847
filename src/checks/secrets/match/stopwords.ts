/** Words by how they begin, so that a list of thousands costs one look per character of a secret. */
export class Stopwords {
  readonly #byStart = new Map<string, string[]>();
  readonly #short: string[] = [];

  constructor(words: readonly string[]) {
    for (const word of words) {
      if (word.length < 2) this.#short.push(word);
      else {
        const start = word.slice(0, 2);
        const list = this.#byStart.get(start);
        if (list === undefined) this.#byStart.set(start, [word]);
        else list.push(word);
      }
    }
  }

  /** Whether one of the words stands anywhere in the text, in any case. */
  in(text: string): boolean {
    const lower = text.toLowerCase();
    if (this.#short.some((word) => lower.includes(word))) return true;
    for (let at = 0; at + 1 < lower.length; at++) {
      const words = this.#byStart.get(lower.slice(at, at + 2));
      if (words?.some((word) => lower.startsWith(word, at))) return true;
    }
    return false;
  }
}
