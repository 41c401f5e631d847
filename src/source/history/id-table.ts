/**
 * Object ids numbered 0, 1, 2 … in the order in which they are first seen. Open addressing over typed arrays: a history
 * asks for millions of ids, which strings in a Map would not carry.
 */
export class IdTable {
  readonly idLength: number;
  count = 0;
  #ids: Buffer;
  #slots: Int32Array;
  #mask: number;

  constructor(idLength: number, expected = 1024) {
    this.idLength = idLength;
    const capacity = 2 ** Math.max(4, Math.ceil(Math.log2(Math.max(1, expected) * 2)));
    this.#ids = Buffer.alloc((capacity / 2) * idLength);
    this.#slots = new Int32Array(capacity).fill(-1);
    this.#mask = capacity - 1;
  }

  /** The number of the id at a place, -1 if it was never added. */
  find(bytes: Uint8Array, at: number): number {
    let slot = hash(bytes, at) & this.#mask;
    for (;;) {
      const number = this.#slots[slot] as number;
      if (number === -1 || this.#equals(number, bytes, at)) return number;
      slot = (slot + 1) & this.#mask;
    }
  }

  /** The number of the id at a place, a new one if it was never seen. */
  add(bytes: Uint8Array, at: number): number {
    let slot = hash(bytes, at) & this.#mask;
    for (;;) {
      const number = this.#slots[slot] as number;
      if (number === -1) break;
      if (this.#equals(number, bytes, at)) return number;
      slot = (slot + 1) & this.#mask;
    }
    const number = this.count++;
    this.#slots[slot] = number;
    const start = number * this.idLength;
    for (let i = 0; i < this.idLength; i++) this.#ids[start + i] = bytes[at + i] as number;
    if (this.count * 2 > this.#mask) this.#grow();
    return number;
  }

  hex(number: number): string {
    return this.#ids.toString('hex', number * this.idLength, (number + 1) * this.idLength);
  }

  /** The id of a number: a view, not to be written to. */
  id(number: number): Buffer {
    return this.#ids.subarray(number * this.idLength, (number + 1) * this.idLength);
  }

  #equals(number: number, bytes: Uint8Array, at: number): boolean {
    const start = number * this.idLength;
    for (let i = 0; i < this.idLength; i++) if (this.#ids[start + i] !== bytes[at + i]) return false;
    return true;
  }

  #grow(): void {
    const capacity = (this.#mask + 1) * 2;
    const ids = Buffer.alloc((capacity / 2) * this.idLength);
    this.#ids.copy(ids);
    this.#ids = ids;
    this.#mask = capacity - 1;
    this.#slots = new Int32Array(capacity).fill(-1);
    for (let number = 0; number < this.count; number++) {
      let slot = hash(ids, number * this.idLength) & this.#mask;
      while (this.#slots[slot] !== -1) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = number;
    }
  }
}

/** Object ids are hashes already; any four bytes of one are as good as any others. */
const hash = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);
