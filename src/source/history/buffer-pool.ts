/** From here on buffers are made to measure: rounded up to powers of two, a few would fill the memory. */
const LARGE = 1 << 20;

/** Buffers that are used again: contents come and go by the ten thousand, too many for the collector to keep up with. */
export class BufferPool {
  /** Small ones by powers of two, large ones in any order. */
  readonly #small: Buffer[][] = [];
  readonly #large: Buffer[] = [];
  /** Bytes held in free buffers of each kind at most. */
  readonly #limit: number;
  #heldSmall = 0;
  #heldLarge = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A buffer of at least `size` bytes, with anything in it. */
  take(size: number): Buffer {
    if (size > LARGE) return this.#takeLarge(size);
    const rank = rankOf(size);
    const free = this.#small[rank]?.pop();
    if (free === undefined) return Buffer.allocUnsafeSlow(2 ** rank);
    this.#heldSmall -= free.length;
    return free;
  }

  /** Takes a buffer back; its giver must not use it again. */
  give(buffer: Buffer): void {
    const { length } = buffer;
    if (length > LARGE) {
      if (this.#heldLarge + length > 2 * this.#limit) return;
      this.#heldLarge += length;
      this.#large.push(buffer);
      return;
    }
    if (this.#heldSmall + length > this.#limit) return;
    this.#heldSmall += length;
    const rank = rankOf(length);
    const list = this.#small[rank];
    if (list === undefined) this.#small[rank] = [buffer];
    else list.push(buffer);
  }

  /** Lets go of every free buffer. */
  clear(): void {
    this.#small.length = 0;
    this.#large.length = 0;
    this.#heldSmall = 0;
    this.#heldLarge = 0;
  }

  /** The first free one that fits and is not far too large. */
  #takeLarge(size: number): Buffer {
    const found = this.#large.findIndex(({ length }) => length >= size && length <= 2 * size);
    if (found === -1) return Buffer.allocUnsafeSlow(size + (size >> 3));
    const [free] = this.#large.splice(found, 1);
    this.#heldLarge -= (free as Buffer).length;
    return free as Buffer;
  }
}

/** The smallest power of two that holds `size`, at least 256. */
const rankOf = (size: number): number => Math.max(8, 32 - Math.clz32(Math.max(size, 1) - 1));
