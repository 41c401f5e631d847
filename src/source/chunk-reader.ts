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

  /** The next `size` bytes, of any number. They may share memory with the stream. */
  async take(size: number): Promise<Buffer> {
    if (this.#rest.length >= size) {
      const bytes = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      return bytes;
    }
    const parts: Buffer[] = [];
    for await (const chunk of this.chunks(size)) parts.push(chunk);
    return Buffer.concat(parts, size);
  }

  /** A line without its line feed; `undefined` at the end. A line of more than `most` bytes counts as broken input. */
  async takeLine(most: number): Promise<string | undefined> {
    for (let size = 256; ; size *= 2) {
      const bytes = await this.peek(Math.min(size, most));
      const end = bytes.indexOf(0x0a);
      if (end !== -1) return (await this.take(end + 1)).toString('latin1', 0, end);
      if (bytes.length === 0) return undefined;
      if (bytes.length < size) throw new Truncated();
    }
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
