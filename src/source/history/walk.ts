import { BufferPool } from './buffer-pool.ts';
import { applyDelta, deltaResultSize, noRuns, type Runs } from './delta.ts';
import { type Forest, growForest } from './forest.ts';
import type { Inflater } from './inflate.ts';
import type { Pack } from './pack.ts';
import { DamagedPack } from './pack-index.ts';

/** Bytes of free buffers kept for use again. */
const POOL = 12 << 20;

/** Why an object, and with it every delta on it, was not shown. */
export type Loss = 'damaged' | 'large';

/** The object that another was made from: its entry and content, and how. Valid only during a call. */
export interface Origin {
  readonly entry: number;
  readonly content: Buffer;
  readonly size: number;
  readonly runs: Runs;
}

/** Who sees each object of one type, a base always before its deltas. */
export interface Visitor {
  /** One object: `content[0, size)`, valid only during the call; and what it was made from, unless it is whole. */
  visit(entry: number, content: Buffer, size: number, from: Origin | undefined): void;
  lost(entry: number, loss: Loss): void;
  /** After this many bytes of an object that nothing is made from, `enough` is asked whether to read on. */
  readonly peek: number;
  enough(entry: number, beginning: Buffer): boolean;
}

/** Walks over the objects of a pack, by trees of deltas, so that each is made once and few are held. */
export class PackWalk {
  readonly pack: Pack;
  readonly #inflater: Inflater;
  readonly #forest: Forest;
  readonly #pool = new BufferPool(POOL);
  readonly #contents: (Buffer | undefined)[];
  readonly #lengths: Float64Array;
  readonly #largest: number;
  readonly #runs = noRuns();

  /** `largest`: the size in bytes from which on an object is not made. */
  constructor(pack: Pack, inflater: Inflater, largest: number) {
    this.pack = pack;
    this.#inflater = inflater;
    this.#largest = largest;
    this.#forest = growForest(pack);
    this.#contents = new Array<Buffer | undefined>(pack.count);
    this.#lengths = new Float64Array(pack.count);
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
    // What is read next is of another size.
    this.#pool.clear();
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
    const beginning = this.#pool.take(visitor.peek);
    const enough =
      this.#inflate(entry, beginning, visitor.peek, 2 * visitor.peek) === visitor.peek &&
      visitor.enough(entry, beginning.subarray(0, visitor.peek));
    this.#pool.give(beginning);
    return enough;
  }

  #showDelta(entry: number, base: number, visitor: Visitor): Loss | undefined {
    const deltaSize = this.pack.sizes[entry] as number;
    if (deltaSize > this.#largest) return 'large';
    const delta = this.#pool.take(deltaSize + 1);
    try {
      if (this.#inflate(entry, delta, deltaSize + 1) !== deltaSize) return 'damaged';
      const size = deltaResultSize(delta, deltaSize);
      if (size > this.#largest) return 'large';
      if (size < 0) return 'damaged';
      const content = this.#hold(entry, size);
      const from = this.#contents[base];
      if (from === undefined) return 'damaged';
      const fromSize = this.#lengths[base] as number;
      applyDelta(delta, deltaSize, from, fromSize, content, this.#runs);
      visitor.visit(entry, content, size, { entry: base, content: from, size: fromSize, runs: this.#runs });
      return undefined;
    } finally {
      this.#pool.give(delta);
    }
  }

  /** Inflates an entry, or what its first `most` bytes hold of it. */
  #inflate(entry: number, output: Buffer, limit: number, most = Number.POSITIVE_INFINITY): number {
    const { file, data, starts } = this.pack;
    const from = data[entry] as number;
    const to = Math.min(starts[entry + 1] as number, from + most);
    file.load(from, to);
    return this.#inflater.inflate(file.bytes, from - file.shift, to - file.shift, output, limit);
  }

  #hold(entry: number, size: number): Buffer {
    const content = this.#pool.take(size + 1);
    this.#contents[entry] = content;
    this.#lengths[entry] = size;
    return content;
  }

  #release(entry: number): void {
    const content = this.#contents[entry];
    if (content === undefined) return;
    this.#contents[entry] = undefined;
    this.#pool.give(content);
  }
}
