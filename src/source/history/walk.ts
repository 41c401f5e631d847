import { type Forest, growForest } from './forest.ts';
import type { Inflater } from './inflate.ts';
import type { Kernel } from './kernel.ts';
import type { Pack } from './pack.ts';
import { DamagedPack } from './pack-index.ts';

/** Why an object, and with it every delta on it, was not shown. */
export type Loss = 'damaged' | 'large';

/** The object that another was made from: its entry and its content in the kernel's memory. Valid only during a call. */
export interface Origin {
  readonly entry: number;
  readonly content: number;
  readonly size: number;
  /** How many runs the kernel has noted. */
  readonly runs: number;
}

/** Who sees each object of one type, a base always before its deltas. */
export interface Visitor {
  /**
   * One object: where in the kernel's memory it is, valid only during the call, and its size; and what it was made from, unless
   * it is whole or was put together from too many pieces.
   */
  visit(entry: number, content: number, size: number, from: Origin | undefined): void;
  lost(entry: number, loss: Loss): void;
  /** After this many bytes of an object that nothing is made from, `enough` is asked whether to read on. */
  readonly peek: number;
  enough(entry: number, beginning: number): boolean;
}

/** Walks over the objects of a pack, by trees of deltas, so that each is made once and few are held. */
export class PackWalk {
  readonly pack: Pack;
  readonly #inflater: Inflater;
  readonly #forest: Forest;
  readonly #kernel: Kernel;
  /** Where contents are that others are still to be made from, and their sizes; 0: nowhere. */
  readonly #contents: Uint32Array;
  readonly #lengths: Uint32Array;
  readonly #largest: number;

  /** `largest`: the size in bytes from which on an object is not made. */
  constructor(pack: Pack, kernel: Kernel, inflater: Inflater, largest: number) {
    this.pack = pack;
    this.#kernel = kernel;
    this.#inflater = inflater;
    this.#largest = largest;
    this.#forest = growForest(pack);
    this.#contents = new Uint32Array(pack.count);
    this.#lengths = new Uint32Array(pack.count);
  }

  /** Visits every object of a type. Yields now and then, so that the caller can breathe, how many it has visited. */
  *run(type: number, visitor: Visitor): Generator<number> {
    const { count, bases, types } = this.pack;
    const stack: number[] = [];
    let done = 0;
    for (let root = 0; root < count; root++) {
      if (types[root] !== type || (bases[root] as number) >= 0) continue;
      stack.push(root);
      while (stack.length > 0) {
        const entry = stack.pop() as number;
        if (this.#show(entry, visitor)) this.#pushChildren(entry, stack);
        if (++done % 256 === 0) yield done;
      }
    }
    yield done;
  }

  #pushChildren(entry: number, stack: number[]): void {
    const { first, children } = this.#forest;
    const from = first[entry] as number;
    for (let child = (first[entry + 1] as number) - 1; child >= from; child--) stack.push(children[child] as number);
  }

  /** Makes one object, shows it, and gives up what is not needed any more. False: its deltas cannot be made. */
  #show(entry: number, visitor: Visitor): boolean {
    const { first, children } = this.#forest;
    const base = this.pack.bases[entry] as number;
    const leaf = first[entry] === first[entry + 1];
    let loss: Loss | undefined;
    try {
      loss = base < 0 ? this.#showWhole(entry, visitor, leaf) : this.#showDelta(entry, base, visitor);
    } catch (error) {
      if (!(error instanceof DamagedPack)) throw error;
      loss = 'damaged';
    }
    if (base >= 0 && entry === children[(first[base + 1] as number) - 1]) this.#release(base);
    if (leaf || loss !== undefined) this.#release(entry);
    if (loss !== undefined) visitor.lost(entry, loss);
    return loss === undefined;
  }

  #showWhole(entry: number, visitor: Visitor, leaf: boolean): Loss | undefined {
    const size = this.pack.sizes[entry] as number;
    if (leaf && size > 4 * visitor.peek && this.#isEnough(entry, visitor)) return undefined;
    if (size > this.#largest) return 'large';
    const content = this.#hold(entry, size);
    if (this.#inflate(entry, content, size + 1) !== size) return 'damaged';
    visitor.visit(entry, content, size, undefined);
    return undefined;
  }

  #isEnough(entry: number, visitor: Visitor): boolean {
    const { peek } = visitor;
    const beginning = this.#kernel.allocate(peek);
    const enough = this.#inflate(entry, beginning, peek, 2 * peek) === peek && visitor.enough(entry, beginning);
    this.#kernel.free(beginning, peek);
    return enough;
  }

  #showDelta(entry: number, base: number, visitor: Visitor): Loss | undefined {
    const kernel = this.#kernel;
    const deltaSize = this.pack.sizes[entry] as number;
    if (deltaSize > this.#largest) return 'large';
    const delta = kernel.allocate(deltaSize);
    try {
      if (this.#inflate(entry, delta, deltaSize + 1) !== deltaSize) return 'damaged';
      const size = kernel.program.resultSize(delta, deltaSize);
      if (size > this.#largest) return 'large';
      const from = this.#contents[base] as number;
      if (size < 0 || from === 0) return 'damaged';
      const content = this.#hold(entry, size);
      const fromSize = this.#lengths[base] as number;
      const runs = kernel.program.apply(delta, deltaSize, from, fromSize, content, size);
      if (runs === DAMAGED) return 'damaged';
      const origin = runs < 0 ? undefined : { entry: base, content: from, size: fromSize, runs };
      visitor.visit(entry, content, size, origin);
      return undefined;
    } finally {
      kernel.free(delta, deltaSize);
    }
  }

  /** Inflates an entry, or what its first `most` bytes hold of it. */
  #inflate(entry: number, output: number, limit: number, most = Number.POSITIVE_INFINITY): number {
    const { file, data, starts } = this.pack;
    const from = data[entry] as number;
    const to = Math.min(starts[entry + 1] as number, from + most);
    file.load(from, to);
    return this.#inflater.inflate(file.bytes, from - file.shift, to - file.shift, this.#kernel.memory, limit, output);
  }

  #hold(entry: number, size: number): number {
    const content = this.#kernel.allocate(size);
    this.#contents[entry] = content;
    this.#lengths[entry] = size;
    return content;
  }

  #release(entry: number): void {
    const content = this.#contents[entry] as number;
    if (content === 0) return;
    this.#contents[entry] = 0;
    this.#kernel.free(content, this.#lengths[entry] as number);
  }
}

/** What the kernel answers where a delta is damaged; a lower number: its runs are too many. */
const DAMAGED = -1;
