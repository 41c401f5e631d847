import { CLASS_BITS, CLASSES, HASH_SIZE, LOWER } from './byte-classes.ts';
import { COMMON_TRIGRAMS } from './common-trigrams.ts';

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

const MASK = HASH_SIZE - 1;
const SHORTEST = 3;
/** Bytes sifted at a time, and so how many places are noted at most before they are looked at. */
const BLOCK = 16_384;

/**
 * Finds hundreds of literals in bytes, in any case, at about memory-copy speed for JavaScript. Each literal is entered
 * under its rarest three characters; a rolling hash of three byte classes is looked up in a table that fits the first
 * level cache, and only the few places where it says "maybe" are compared. Unlike an automaton no load waits for the one
 * before it, and the table does not grow with the number of literals.
 */
export class Prefilter {
  /** 1 where some literal is entered. */
  readonly #marks = new Uint8Array(HASH_SIZE);
  /** One bit for each four classes of which some literal holds the last three: a second look before anything is compared. */
  readonly #second = new Uint32Array((HASH_SIZE << CLASS_BITS) >> 5);
  readonly #maybe = new Uint32Array(BLOCK);
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
      this.#markSecond(hash, offset === 0 ? undefined : classAt(literals[number] as string, offset - 1));
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

  #markSecond(hash: number, before: number | undefined): void {
    for (let lead = before ?? 0; lead <= (before ?? (1 << CLASS_BITS) - 1); lead++) {
      const wide = lead * HASH_SIZE + hash;
      this.#second[wide >> 5] = (this.#second[wide >> 5] as number) | (1 << (wide & 31));
    }
  }

  /** Adds each literal that lies within `start <= i < end`, in the order of the places where they are recognised. */
  scan(bytes: Uint8Array, start: number, end: number, found: Occurrences): void {
    const maybe = this.#maybe;
    for (let at = start; at < end; at += BLOCK) {
      const stop = Math.min(end, at + BLOCK);
      const count = sift(bytes, at, stop, Math.max(start, at - 2), this.#marks, maybe);
      if (count > 0) this.#confirm(bytes, count, start, end, found);
    }
  }

  /** Compares literals at the first `count` places of `#maybe`, each the end of three characters some are entered under. */
  #confirm(bytes: Uint8Array, count: number, start: number, end: number, found: Occurrences): void {
    const maybe = this.#maybe;
    const second = this.#second;
    for (let index = 0; index < count; index++) {
      const at = maybe[index] as number;
      const hash =
        ((CLASSES[bytes[at - 2] as number] as number) << (2 * CLASS_BITS)) |
        ((CLASSES[bytes[at - 1] as number] as number) << CLASS_BITS) |
        (CLASSES[bytes[at] as number] as number);
      const wide = at > 2 ? ((CLASSES[bytes[at - 3] as number] as number) * HASH_SIZE) | hash : hash;
      if ((((second[wide >> 5] as number) >>> (wide & 31)) & 1) !== 0)
        this.#compare(bytes, hash, at, start, end, found);
    }
  }

  /** Compares the literals entered under a hash whose characters end at `at`. */
  #compare(bytes: Uint8Array, hash: number, at: number, start: number, end: number, found: Occurrences): void {
    const stop = (this.#begins[hash + 1] as number) * 2;
    const entries = this.#entries;
    const texts = this.#texts;
    for (let entry = (this.#begins[hash] as number) * 2; entry < stop; entry += 2) {
      const literal = entries[entry] as number;
      const from = at - (SHORTEST - 1) - (entries[entry + 1] as number);
      const text = this.#textBegins[literal] as number;
      const length = (this.#textBegins[literal + 1] as number) - text;
      if (from < start || from + length > end) continue;
      let same = 0;
      while (same < length && LOWER[bytes[from + same] as number] === texts[text + same]) same += 1;
      if (same === length) found.add(literal, from);
    }
  }
}

/**
 * Notes each place of `from <= i < to` where a marked hash ends; `lead` is where its characters may begin. Two pairs of bytes a
 * round: the loop is what a scan spends its time in, and places are rare.
 */
function sift(
  bytes: Uint8Array,
  from: number,
  to: number,
  lead: number,
  marks: Uint8Array,
  maybe: Uint32Array,
): number {
  const aligned = from + ((bytes.byteOffset + from) & 1);
  const rounds = Math.max(0, (to - aligned) >> 2);
  const units = new Uint16Array(bytes.buffer, rounds === 0 ? 0 : bytes.byteOffset + aligned, rounds * 2);
  let count = aligned > from ? siftBytes(bytes, from, Math.min(aligned, to), lead, marks, maybe, 0) : 0;
  const pairs = PAIRS;
  let before = hashBefore(bytes, aligned, lead) & PAIR_MASK;
  let at = aligned;
  for (let unit = 0; unit < units.length; unit += 2) {
    const first = pairs[units[unit] as number] as number;
    const second = pairs[units[unit + 1] as number] as number;
    const a = (before << CLASS_BITS) | (first >> CLASS_BITS);
    const b = ((before << (2 * CLASS_BITS)) | first) & MASK;
    const c = (first << CLASS_BITS) | (second >> CLASS_BITS);
    const d = ((first << (2 * CLASS_BITS)) | second) & MASK;
    before = second;
    if (((marks[a] as number) | (marks[b] as number) | (marks[c] as number) | (marks[d] as number)) !== 0) {
      if (marks[a] !== 0) maybe[count++] = at;
      if (marks[b] !== 0) maybe[count++] = at + 1;
      if (marks[c] !== 0) maybe[count++] = at + 2;
      if (marks[d] !== 0) maybe[count++] = at + 3;
    }
    at += 4;
  }
  return at < to ? siftBytes(bytes, at, to, lead, marks, maybe, count) : count;
}

/** What is left over at the ends, a byte at a time. `noted` places are noted already. */
function siftBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  lead: number,
  marks: Uint8Array,
  maybe: Uint32Array,
  noted: number,
): number {
  let count = noted;
  let hash = hashBefore(bytes, from, lead);
  for (let at = from; at < to; at++) {
    hash = ((hash << CLASS_BITS) | (CLASSES[bytes[at] as number] as number)) & MASK;
    if (marks[hash] !== 0) maybe[count++] = at;
  }
  return count;
}

/** The hash of what stands before a place, as far as characters may begin there. */
function hashBefore(bytes: Uint8Array, place: number, lead: number): number {
  let hash = 0;
  for (let at = Math.max(lead, place - 2); at < place; at++) {
    hash = (hash << CLASS_BITS) | (CLASSES[bytes[at] as number] as number);
  }
  return hash;
}

const PAIR_MASK = (1 << (2 * CLASS_BITS)) - 1;

/** The classes of two bytes by what they are as one number in memory, whichever end this machine puts first. */
const PAIRS: Uint16Array = pairsOfClasses();

function pairsOfClasses(): Uint16Array {
  const pairs = new Uint16Array(1 << 16);
  const bytes = new Uint8Array(2);
  const unit = new Uint16Array(bytes.buffer);
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      bytes[0] = first;
      bytes[1] = second;
      pairs[unit[0] as number] = ((CLASSES[first] as number) << CLASS_BITS) | (CLASSES[second] as number);
    }
  }
  return pairs;
}

/** The three characters of a literal that source code holds least often. */
function rarest(literal: string): { readonly hash: number; readonly offset: number } {
  const ranking = ranks();
  const best = { hash: 0, offset: 0 };
  let most = -1;
  let hash = (classAt(literal, 0) << CLASS_BITS) | classAt(literal, 1);
  for (let offset = 0; offset + SHORTEST <= literal.length && most < UNRANKED; offset++) {
    hash = ((hash << CLASS_BITS) | classAt(literal, offset + 2)) & MASK;
    const rank = ranking.get(hash) ?? UNRANKED;
    if (rank <= most) continue;
    best.hash = hash;
    best.offset = offset;
    most = rank;
  }
  return best;
}

const UNRANKED = Number.MAX_SAFE_INTEGER;
let ranked: ReadonlyMap<number, number> | undefined;

/** How common hashes are in source text, the commonest being 0. */
function ranks(): ReadonlyMap<number, number> {
  const ranking = new Map<number, number>();
  for (let at = 0; ranked === undefined && at < COMMON_TRIGRAMS.length; at += SHORTEST) {
    ranking.set(hashOf(COMMON_TRIGRAMS, at), at);
  }
  ranked ??= ranking;
  return ranked;
}

function hashOf(text: string, offset: number): number {
  let hash = 0;
  for (let at = offset; at < offset + SHORTEST; at++) hash = (hash << CLASS_BITS) | classAt(text, at);
  return hash;
}

const classAt = (text: string, at: number): number => CLASSES[text.charCodeAt(at)] as number;
