import { randomInt } from 'node:crypto';
import { WASM } from './kernel.generated.ts';

/** `assembly/history.ts`. */
interface Program {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  seed(a: number, b: number, c: number, d: number): void;
  resultSize(delta: number, size: number): number;
  apply(delta: number, deltaSize: number, base: number, baseSize: number, target: number, room: number): number;
  holdsNul(content: number, length: number): number;
  changed(content: number, size: number, base: number, baseSize: number): number;
  setRanges(content: number, size: number, count: number): void;
  rangeNumbers(): number;
  digest(): number;
  pieces(): number;
  isKnown(content: number, size: number, place: number, least: number): number;
  lineBegin(): number;
  lineStop(): number;
  remember(): void;
}

interface WebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: WebAssembly }).WebAssembly;

/** Where the program has its tables; in agreement with it. */
const RUNS = 0x10000;
const RANGES = 0xd0000;
const PIECES = 0x160000;
const DIGEST = 0x230000;
const ARENA = 0x1340000;

const PAGE = 0x10000;
/** What can be read behind everything. */
const SLACK = 64;
/** Memory grows by this much at least. */
const STEP = 4 << 20;

/**
 * The loops that look at every byte of a history, in WebAssembly, and the memory they work on. Contents have addresses in
 * `memory`, whose views are of no use any more after `allocate`.
 */
export class Kernel {
  readonly program: Program;
  memory!: Buffer;
  runs!: Int32Array;
  ranges!: Uint32Array;
  pieces!: Int32Array;
  digest!: Buffer;
  readonly #arena: Arena;

  constructor() {
    this.program = new Instance(new Module(Buffer.from(WASM, 'base64'))).exports as Program;
    this.program.seed(randomInt(2 ** 32), randomInt(2 ** 32), randomInt(2 ** 32), randomInt(2 ** 32));
    this.#arena = new Arena(ARENA, (end) => this.#reach(end));
    this.#reach(ARENA);
  }

  /** Memory for a content of `size` bytes, with anything in it. */
  allocate(size: number): number {
    return this.#arena.take(size + SLACK);
  }

  /** Takes back what `allocate` gave for a size. */
  free(address: number, size: number): void {
    this.#arena.give(address, size + SLACK);
  }

  #reach(end: number): void {
    const { memory } = this.program;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(Math.max(missing, STEP) / PAGE));
    const { buffer } = memory;
    this.memory = Buffer.from(buffer);
    this.runs = new Int32Array(buffer, RUNS, (RANGES - RUNS) >> 2);
    this.ranges = new Uint32Array(buffer, RANGES, (PIECES - RANGES) >> 2);
    this.pieces = new Int32Array(buffer, PIECES, (DIGEST - PIECES) >> 2);
    this.digest = Buffer.from(buffer, DIGEST, 0x100000 + SLACK);
  }
}

/** From here on memory is given to measure: rounded up to powers of two, a few would fill it. */
const LARGE = 1 << 20;
const LARGE_STEP = 1 << 16;

/** Addresses that are used again: contents come and go by the ten thousand. */
class Arena {
  #end: number;
  readonly #reach: (end: number) => void;
  #reached: number;
  /** Free addresses of small parts by powers of two, and large parts by address and size. */
  readonly #small: number[][] = Array.from({ length: 21 }, () => []);
  readonly #large: { address: number; size: number }[] = [];

  constructor(begin: number, reach: (end: number) => void) {
    this.#end = begin;
    this.#reached = begin;
    this.#reach = reach;
  }

  take(size: number): number {
    if (size > LARGE) return this.#takeLarge(rounded(size));
    const rank = rankOf(size);
    return this.#small[rank]?.pop() ?? this.#extend(2 ** rank);
  }

  give(address: number, size: number): void {
    if (size > LARGE) this.#large.push({ address, size: rounded(size) });
    else this.#small[rankOf(size)]?.push(address);
  }

  #takeLarge(size: number): number {
    const found = this.#large.findIndex((part) => part.size >= size);
    if (found === -1) return this.#extend(size);
    const part = this.#large[found] as { address: number; size: number };
    const { address } = part;
    part.address += size;
    part.size -= size;
    if (part.size === 0) this.#large.splice(found, 1);
    return address;
  }

  #extend(size: number): number {
    const address = this.#end;
    this.#end += size;
    if (this.#end > this.#reached) {
      this.#reach(this.#end);
      this.#reached = this.#end;
    }
    return address;
  }
}

const rounded = (size: number): number => Math.ceil(size / LARGE_STEP) * LARGE_STEP;

/** The smallest power of two that holds `size`, at least 256. */
const rankOf = (size: number): number => Math.max(8, 32 - Math.clz32(Math.max(size, 1) - 1));
