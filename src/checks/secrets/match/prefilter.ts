import { CLASS_BITS, CLASS_INFORMATION, CLASSES, HASH_SIZE, LOWER } from './byte-classes.ts';

/** Where literals stand: pairs of literal number and byte offset, by the place where each was recognised. */
export class Occurrences {
  literals = new Int32Array(256);
  offsets = new Int32Array(256);
  count = 0;

  add(literal: number, offset: number): void {
    if (this.count === this.literals.length) this.#grow();
    this.literals[this.count] = literal;
    this.offsets[this.count] = offset;
    this.count += 1;
  }

  #grow(): void {
    const literals = new Int32Array(this.count * 2);
    const offsets = new Int32Array(this.count * 2);
    literals.set(this.literals);
    offsets.set(this.offsets);
    this.literals = literals;
    this.offsets = offsets;
  }
}

const MASK = HASH_SIZE - 1;
const SHORTEST = 3;

/**
 * Finds hundreds of literals in bytes, in any case, at about memory-copy speed for JavaScript. Each literal is entered
 * under its rarest three characters; a rolling hash of three byte classes is looked up in a table that fits the first
 * level cache, and only the few places where it says "maybe" are compared. Unlike an automaton no load waits for the one
 * before it, and the table does not grow with the number of literals.
 */
export class Prefilter {
  /** 1 where some literal is entered. */
  readonly #marks = new Uint8Array(HASH_SIZE);
  /** Where a hash's entries begin in `#entries`; the next hash's begin ends them. */
  readonly #begins = new Uint16Array(HASH_SIZE + 1);
  /** Pairs: literal number, offset of its entered characters. */
  readonly #entries: Uint16Array;
  readonly #texts: Uint8Array;
  readonly #textBegins: Uint32Array;

  /** `literals` are lower-case ASCII of at least three characters, fewer than 65,536 of them. */
  constructor(literals: readonly string[]) {
    const entered = literals.map((literal, number) => ({ number, ...rarest(literal) }));
    entered.sort((a, b) => a.hash - b.hash || a.number - b.number);
    this.#entries = new Uint16Array(entered.length * 2);
    entered.forEach(({ number, hash, offset }, at) => {
      this.#entries[at * 2] = number;
      this.#entries[at * 2 + 1] = offset;
      this.#marks[hash] = 1;
      this.#begins[hash + 1] = at + 1;
    });
    for (let hash = 1; hash <= HASH_SIZE; hash++) {
      this.#begins[hash] = Math.max(this.#begins[hash] as number, this.#begins[hash - 1] as number);
    }
    this.#texts = Buffer.from(literals.join(''), 'latin1');
    this.#textBegins = new Uint32Array(literals.length + 1);
    literals.forEach((literal, number) => {
      this.#textBegins[number + 1] = (this.#textBegins[number] as number) + literal.length;
    });
  }

  /** Adds each literal that lies within `start <= i < end`. */
  scan(bytes: Uint8Array, start: number, end: number, found: Occurrences): void {
    const marks = this.#marks;
    const classes = CLASSES;
    const last = end - 3;
    let at = start;
    let d = 0;
    for (; at < last; at += 4) {
      const a = ((d << CLASS_BITS) | (classes[bytes[at] as number] as number)) & MASK;
      const b = ((a << CLASS_BITS) | (classes[bytes[at + 1] as number] as number)) & MASK;
      const c = ((b << CLASS_BITS) | (classes[bytes[at + 2] as number] as number)) & MASK;
      d = ((c << CLASS_BITS) | (classes[bytes[at + 3] as number] as number)) & MASK;
      if (((marks[a] as number) | (marks[b] as number) | (marks[c] as number) | (marks[d] as number)) !== 0) {
        if (marks[a] !== 0) this.#compare(bytes, a, at, start, end, found);
        if (marks[b] !== 0) this.#compare(bytes, b, at + 1, start, end, found);
        if (marks[c] !== 0) this.#compare(bytes, c, at + 2, start, end, found);
        if (marks[d] !== 0) this.#compare(bytes, d, at + 3, start, end, found);
      }
    }
    for (; at < end; at++) {
      d = ((d << CLASS_BITS) | (classes[bytes[at] as number] as number)) & MASK;
      if (marks[d] !== 0) this.#compare(bytes, d, at, start, end, found);
    }
  }

  #compare(bytes: Uint8Array, hash: number, at: number, start: number, end: number, found: Occurrences): void {
    const stop = (this.#begins[hash + 1] as number) * 2;
    for (let entry = (this.#begins[hash] as number) * 2; entry < stop; entry += 2) {
      const literal = this.#entries[entry] as number;
      const from = at - (SHORTEST - 1) - (this.#entries[entry + 1] as number);
      const text = this.#textBegins[literal] as number;
      const length = (this.#textBegins[literal + 1] as number) - text;
      if (from < start || from + length > end) continue;
      let same = 0;
      while (same < length && LOWER[bytes[from + same] as number] === this.#texts[text + same]) same += 1;
      if (same === length) found.add(literal, from);
    }
  }
}

/** The three characters of a literal that source code holds least often. */
function rarest(literal: string): { readonly hash: number; readonly offset: number } {
  let offset = 0;
  let most = -1;
  for (let at = 0; at + SHORTEST <= literal.length; at++) {
    let bits = 0;
    for (let next = at; next < at + SHORTEST; next++) bits += CLASS_INFORMATION[classAt(literal, next)] as number;
    if (bits > most) [offset, most] = [at, bits];
  }
  let hash = 0;
  for (let at = offset; at < offset + SHORTEST; at++) hash = (hash << CLASS_BITS) | classAt(literal, at);
  return { hash, offset };
}

const classAt = (literal: string, at: number): number => CLASSES[literal.charCodeAt(at)] as number;
