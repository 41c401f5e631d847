/** Where things of a TOML document stand, by path (`rules.3.regex`, `rules.3.keywords.0`). */
export interface Positions {
  /** Keys, and elements of lists. */
  readonly places: ReadonlyMap<string, number>;
  readonly strings: ReadonlyMap<string, StringPlace>;
}

export interface StringPlace {
  /** Of its first character, behind the quotes. */
  readonly start: number;
  readonly escapes: boolean;
}

/** Where a character of a string's value stands in the document: behind whatever was written for those before it. */
export function placeInString(toml: string, { start, escapes }: StringPlace, index: number): number {
  if (!escapes) return start + index;
  let place = start;
  for (let left = index; left > 0 && place < toml.length; left -= 1) {
    ESCAPE.lastIndex = place;
    place += ESCAPE.exec(toml)?.[0].length ?? 1;
  }
  return place;
}

const ESCAPE = /\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[ \t]*\r?\n\s*[\s\S]|[\s\S])/y;

/**
 * Finds the offset of every key and list element of a TOML document that has already parsed, so that a complaint about
 * its content can say where. Keys are lower-cased, as gitleaks reads them.
 */
export function positionsOf(toml: string): Positions {
  const scanner = new PositionScanner(toml);
  scanner.run();
  return { places: scanner.places, strings: scanner.strings };
}

const KEY =
  /(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:[ \t]*\.[ \t]*(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*/y;
const SPACE = /(?:[\s]+|#[^\n]*)*/y;
const LINE_BREAK = /\r?\n/y;
const SCALAR = /[^,\]}\s#]+/y;

class PositionScanner {
  readonly places = new Map<string, number>();
  readonly strings = new Map<string, StringPlace>();
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
    else if (char === '"' || char === "'") this.#string(char, path.join('.'));
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

  #string(quote: string, name: string): void {
    const escapes = quote === '"';
    const long = quote.repeat(3);
    if (this.#toml.startsWith(long, this.#at)) {
      this.#at += 3;
      // A line break right behind the quotes is no part of the string.
      this.#read(LINE_BREAK);
      this.strings.set(name, { start: this.#at, escapes });
      this.#skipTo(long, escapes);
      while (this.#toml[this.#at] === quote) this.#at += 1;
    } else {
      this.#at += 1;
      this.strings.set(name, { start: this.#at, escapes });
      this.#skipTo(quote, escapes);
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
    if (!this.places.has(name)) this.places.set(name, offset);
  }
}

const keyParts = (key: string): string[] =>
  Array.from(key.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+)/g), (part) =>
    (part[1] ?? part[2] ?? part[3] ?? '').toLowerCase(),
  );
