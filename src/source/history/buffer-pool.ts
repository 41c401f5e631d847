/** Buffers that are used again, by powers of two: contents come and go by the ten thousand, too many for the collector. */
export class BufferPool {
  readonly #free: Buffer[][] = [];
  /** Bytes held in free buffers at most. */
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A buffer of at least `size` bytes, with anything in it. */
  take(size: number): Buffer {
    const rank = rankOf(size);
    const free = this.#free[rank]?.pop();
    if (free === undefined) return Buffer.allocUnsafeSlow(2 ** rank);
    this.#held -= free.length;
    return free;
  }

  /** Takes a buffer back; its giver must not use it again. */
  give(buffer: Buffer): void {
    if (this.#held + buffer.length > this.#limit) return;
    this.#held += buffer.length;
    const rank = rankOf(buffer.length);
    const list = this.#free[rank];
    if (list === undefined) this.#free[rank] = [buffer];
    else list.push(buffer);
  }
}

/** The smallest power of two that holds `size`, at least 256. */
const rankOf = (size: number): number => Math.max(8, 32 - Math.clz32(Math.max(size, 1) - 1));
