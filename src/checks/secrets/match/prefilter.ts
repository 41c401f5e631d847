import { instantiate, type Memory } from '../wasm.ts';
import { CLASSES, LOWER } from './byte-classes.ts';
import { WASM } from './prefilter.generated.ts';
import { windowsOf } from './windows.ts';

const KEPT = 65_536;

/** Where literals stand: pairs of literal number and byte offset, by the place where each was recognised. */
export class Occurrences {
  literals = new Int32Array(256);
  offsets = new Int32Array(256);
  count = 0;

  /** Forgets everything, and gives back memory that only an unusual text needed. */
  clear(): void {
    this.count = 0;
    if (this.literals.length <= KEPT) return;
    this.literals = new Int32Array(KEPT);
    this.offsets = new Int32Array(KEPT);
  }

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

/** `assembly/prefilter.ts`. */
interface Program {
  readonly memory: Memory;
  layout(entries: number, texts: number, textBegins: number, found: number, room: number): void;
  sift(from: number, to: number): number;
  confirm(noted: number, start: number, end: number): number;
  nextPlace(): number;
}

/** Where the program has its tables; in agreement with it. */
const MARKS = 0x10000;
const MARK_MASK = 0x1ffff;
const MARK_BITS = 17;
const CLASSES_AT = 0x30000;
const LOWER_AT = 0x30100;
const BEGINS = 0x30200;
const BUCKETS = 0x4000;
const MAYBE = 0x40300;

/** Bytes sifted at a time. */
const BLOCK = 16_384;
/** Bytes that can be read on both sides of a block and what is around it. */
const PADDING = 64;
const ENTRY_BYTES = 8;
/** Of what is found, a pair of numbers. */
const PAIR_BYTES = 8;
const LEAST_ROOM = 4096;

/**
 * Finds hundreds of literals in bytes, in any case, at more than a gigabyte a second. Each literal is entered under windows of
 * four byte classes; every second place of the text is looked up in a table of those that fits the second level cache, and only
 * where it says "maybe" literals are compared. No load waits for the one before it, as in an automaton, and the table does not
 * grow with the number of literals. Written for SIMD in WebAssembly, into whose memory texts are copied block by block.
 */
export class Prefilter {
  readonly #program: Program;
  readonly #memory: Uint8Array;
  readonly #found: Int32Array;
  /** How far a literal that is recognised in a block may reach out of it. */
  readonly #margin: number;
  readonly #block: number;

  /** `literals` are lower-case ASCII of at least three characters, fewer than 65,536 of them. */
  constructor(literals: readonly string[]) {
    const entries = new Entries(literals);
    const texts = Buffer.from(literals.join(''), 'latin1');
    this.#margin = literals.reduce((most, { length }) => Math.max(most, length), 0);
    const room = Math.max(LEAST_ROOM, entries.count);
    const entriesAt = aligned(MAYBE + 2 * (BLOCK + PADDING));
    const textsAt = entriesAt + entries.count * ENTRY_BYTES;
    const beginsAt = aligned(textsAt + texts.length);
    const foundAt = aligned(beginsAt + (literals.length + 1) * 4);
    this.#block = aligned(foundAt + room * PAIR_BYTES + this.#margin) + PADDING;
    const size = this.#block + BLOCK + this.#margin + PADDING;
    this.#program = instantiate<Program>(WASM, size);
    this.#program.layout(entriesAt, textsAt, beginsAt, foundAt, room);
    const { buffer } = this.#program.memory;
    this.#memory = new Uint8Array(buffer);
    this.#found = new Int32Array(buffer, foundAt, room * 2);
    this.#memory.set(CLASSES, CLASSES_AT);
    this.#memory.set(LOWER, LOWER_AT);
    this.#memory.set(texts, textsAt);
    writeBegins(literals, new Uint32Array(buffer, beginsAt, literals.length + 1));
    entries.write(buffer, entriesAt);
  }

  /** Adds each literal that lies within `start <= i < end`, in the order of the places where they are recognised. */
  scan(bytes: Uint8Array, start: number, end: number, found: Occurrences): void {
    for (let from = start; from < end; from += BLOCK) {
      const to = Math.min(end, from + BLOCK);
      const first = Math.max(start, from - this.#margin);
      const last = Math.min(end, to + this.#margin);
      const shift = this.#block - from;
      this.#memory.set(bytes.subarray(first, last), first + shift);
      const noted = this.#program.sift(from + shift, to + shift);
      if (noted > 0) this.#confirm(noted, first, last, shift, found);
    }
  }

  #confirm(noted: number, first: number, last: number, shift: number, found: Occurrences): void {
    const pairs = this.#found;
    do {
      const count = this.#program.confirm(noted, first + shift, last + shift);
      for (let at = 0; at < count * 2; at += 2) found.add(pairs[at] as number, (pairs[at + 1] as number) - shift);
    } while (this.#program.nextPlace() < noted);
  }
}

/** Windows of literals, in no order. */
class Entries {
  windows = new Uint32Array(4096);
  literals = new Uint16Array(4096);
  backs = new Uint16Array(4096);
  count = 0;

  constructor(literals: readonly string[]) {
    literals.forEach((text, literal) => {
      windowsOf(text, (window, back) => this.#add(window, literal, back));
    });
  }

  #add(window: number, literal: number, back: number): void {
    if (this.count === this.windows.length) this.#grow();
    this.windows[this.count] = window;
    this.literals[this.count] = literal;
    this.backs[this.count] = back;
    this.count += 1;
  }

  #grow(): void {
    const { windows, literals, backs, count } = this;
    this.windows = new Uint32Array(count * 2);
    this.literals = new Uint16Array(count * 2);
    this.backs = new Uint16Array(count * 2);
    this.windows.set(windows);
    this.literals.set(literals);
    this.backs.set(backs);
  }

  /** Marks the windows, and writes the entries by bucket (a counting sort). */
  write(buffer: ArrayBuffer, entriesAt: number): void {
    const { windows, literals, backs, count } = this;
    const marks = new Uint8Array(buffer, MARKS, MARK_MASK + 1);
    const begins = new Uint32Array(buffer, BEGINS, BUCKETS + 1);
    for (let at = 0; at < count; at++) {
      const window = windows[at] as number;
      const mark = window & MARK_MASK;
      marks[mark] = (marks[mark] as number) | (1 << (window >> MARK_BITS));
      const bucket = bucketOf(window);
      begins[bucket] = (begins[bucket] as number) + 1;
    }
    for (let bucket = 1; bucket <= BUCKETS; bucket++) {
      begins[bucket] = (begins[bucket] as number) + (begins[bucket - 1] as number);
    }
    // From the last, so that each bucket's begin moves from its end to where it belongs.
    const view = new DataView(buffer, entriesAt, count * ENTRY_BYTES);
    for (let at = count - 1; at >= 0; at--) {
      const window = windows[at] as number;
      const place = (begins[bucketOf(window)] as number) - 1;
      begins[bucketOf(window)] = place;
      view.setUint32(place * ENTRY_BYTES, window, true);
      view.setUint16(place * ENTRY_BYTES + 4, literals[at] as number, true);
      view.setUint16(place * ENTRY_BYTES + 6, backs[at] as number, true);
    }
  }
}

const bucketOf = (window: number): number => (window ^ (window >> 7)) & (BUCKETS - 1);
const aligned = (address: number): number => (address + 15) & ~15;

function writeBegins(literals: readonly string[], begins: Uint32Array): void {
  let at = 0;
  literals.forEach(({ length }, literal) => {
    begins[literal] = at;
    at += length;
  });
  begins[literals.length] = at;
}
