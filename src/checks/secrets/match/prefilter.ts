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
    const entries = entriesOf(literals);
    const texts = Buffer.from(literals.join(''), 'latin1');
    this.#margin = literals.reduce((most, { length }) => Math.max(most, length), 0);
    const room = Math.max(LEAST_ROOM, entries.length);
    const entriesAt = aligned(MAYBE + 2 * (BLOCK + PADDING));
    const textsAt = entriesAt + entries.length * ENTRY_BYTES;
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
    writeEntries(entries, buffer, entriesAt);
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

interface Entry {
  readonly window: number;
  readonly bucket: number;
  readonly literal: number;
  readonly back: number;
}

function entriesOf(literals: readonly string[]): Entry[] {
  const entries = literals.flatMap((text, literal) =>
    windowsOf(text).map(({ classes, back }) => ({ window: classes, bucket: bucketOf(classes), literal, back })),
  );
  return entries.sort((a, b) => a.bucket - b.bucket || a.literal - b.literal);
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

function writeEntries(entries: readonly Entry[], buffer: ArrayBuffer, entriesAt: number): void {
  const marks = new Uint8Array(buffer, MARKS, MARK_MASK + 1);
  const begins = new Uint32Array(buffer, BEGINS, BUCKETS + 1);
  const view = new DataView(buffer, entriesAt, entries.length * ENTRY_BYTES);
  entries.forEach(({ window, bucket, literal, back }, at) => {
    const mark = window & MARK_MASK;
    marks[mark] = (marks[mark] as number) | (1 << (window >> MARK_BITS));
    begins[bucket + 1] = at + 1;
    view.setUint32(at * ENTRY_BYTES, window, true);
    view.setUint16(at * ENTRY_BYTES + 4, literal, true);
    view.setUint16(at * ENTRY_BYTES + 6, back, true);
  });
  for (let bucket = 1; bucket <= BUCKETS; bucket++) {
    begins[bucket] = Math.max(begins[bucket] as number, begins[bucket - 1] as number);
  }
}
