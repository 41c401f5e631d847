/** Where the keys and the elements of a TOML document stand, by path (`rules.3.regex`, `rules.3.keywords.0`). */
export type Positions = ReadonlyMap<string, number>;

/**
 * Finds the offset of every key and list element of a TOML document that has already parsed, so that a complaint about
 * its content can say where. Keys are lower-cased, as gitleaks reads them.
 */
export function positionsOf(toml: string): Positions {
  const scanner = new PositionScanner(toml);
  scanner.run();
  return scanner.positions;
}

const KEY =
  /(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*/y;
const SPACE = /(?:[\s]+|#[^\n]*)*/y;
const SCALAR = /[^,\]}\s#]+/y;

class PositionScanner {
  readonly positions = new Map<string, number>();
  readonly #toml: string;
  readonly #counts = new Map<string, number>();
  #at = 0;

  constructor(toml: string) {
    this.#toml = toml;
  }

  run(): void {
    let table: string[] = [];
    for (;;) {
      this.#read(SPACE);
      const start = this.#at;
      if (this.#toml[start] === '[') table = this.#header();
      else if (!this.#pair(table)) return;
      if (this.#at === start) return;
    }
  }

  #header(): string[] {
    const start = this.#at;
    const list = this.#toml.startsWith('[[', start);
    this.#at += list ? 2 : 1;
    this.#read(SPACE);
    const path = this.#inside(keyParts(this.#read(KEY)));
    if (list) {
      const name = path.join('.');
      const next = (this.#counts.get(name) ?? -1) + 1;
      this.#counts.set(name, next);
      path.push(String(next));
    }
    this.#note(path, start);
    this.#at = Math.max(this.#at, this.#toml.indexOf(']', this.#at) + (list ? 2 : 1));
    return path;
  }

  /** A header's path with the index of the last element of each list on the way. */
  #inside(parts: readonly string[]): string[] {
    const path: string[] = [];
    parts.forEach((part, at) => {
      path.push(part);
      const count = this.#counts.get(path.join('.'));
      if (count !== undefined && at < parts.length - 1) path.push(String(count));
    });
    return path;
  }

  #pair(table: readonly string[]): boolean {
    const start = this.#at;
    const key = this.#read(KEY);
    if (key === '') return false;
    const path = [...table, ...keyParts(key)];
    this.#note(path, start);
    this.#read(SPACE);
    if (this.#toml[this.#at] !== '=') return false;
    this.#at += 1;
    this.#read(SPACE);
    this.#value(path);
    return true;
  }

  #value(path: readonly string[]): void {
    const char = this.#toml[this.#at];
    if (char === '[') this.#list(path);
    else if (char === '{') this.#inline(path);
    else if (char === '"' || char === "'") this.#string(char);
    else this.#read(SCALAR);
  }

  #list(path: readonly string[]): void {
    this.#at += 1;
    for (let index = 0; ; index++) {
      this.#read(SPACE);
      if (this.#at >= this.#toml.length || this.#toml[this.#at] === ']') break;
      const start = this.#at;
      const element = [...path, String(index)];
      this.#note(element, start);
      this.#value(element);
      this.#separator(start);
    }
    this.#at += 1;
  }

  #inline(path: readonly string[]): void {
    this.#at += 1;
    for (;;) {
      this.#read(SPACE);
      const start = this.#at;
      if (this.#at >= this.#toml.length || this.#toml[this.#at] === '}' || !this.#pair(path)) break;
      this.#separator(start);
    }
    this.#at += 1;
  }

  #separator(start: number): void {
    this.#read(SPACE);
    if (this.#toml[this.#at] === ',' || this.#at === start) this.#at += 1;
  }

  #string(quote: string): void {
    const long = quote.repeat(3);
    if (this.#toml.startsWith(long, this.#at)) {
      this.#at += 3;
      this.#skipTo(long, quote === '"');
      while (this.#toml[this.#at] === quote) this.#at += 1;
    } else {
      this.#at += 1;
      this.#skipTo(quote, quote === '"');
    }
  }

  #skipTo(end: string, escapes: boolean): void {
    while (this.#at < this.#toml.length && !this.#toml.startsWith(end, this.#at)) {
      this.#at += escapes && this.#toml[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += end.length;
  }

  #read(sticky: RegExp): string {
    sticky.lastIndex = this.#at;
    const found = sticky.exec(this.#toml)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #note(path: readonly string[], offset: number): void {
    const name = path.join('.');
    if (!this.positions.has(name)) this.positions.set(name, offset);
  }
}

const keyParts = (key: string): string[] =>
  Array.from(key.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+)/g), (part) =>
    (part[1] ?? part[2] ?? part[3] ?? '').toLowerCase(),
  );
