/** The content ended before it should. */
export class Truncated extends Error {
  override readonly name = 'Truncated';
}

/** Reads a stream of chunks by numbers of bytes. */
export class ChunkReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `size` bytes without taking them; fewer only at the end. Meant for small sizes: they are put together. */
  async peek(size: number): Promise<Buffer> {
    while (this.#rest.length < size) {
      const next = await this.#chunks.next();
      if (next.done === true) break;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    }
    return this.#rest.subarray(0, size);
  }

  /** The next `size` bytes. */
  async take(size: number): Promise<Buffer> {
    const bytes = await this.peek(size);
    if (bytes.length < size) throw new Truncated();
    this.#rest = this.#rest.subarray(size);
    return bytes;
  }

  /** The next `size` bytes (all that follow, if not given), as they come. */
  async *chunks(size = Number.POSITIVE_INFINITY): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) {
          if (size === Number.POSITIVE_INFINITY) return;
          throw new Truncated();
        }
        this.#rest = next.value;
      }
      const chunk = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(chunk.length);
      left -= chunk.length;
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
