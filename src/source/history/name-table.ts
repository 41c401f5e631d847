import { randomInt } from 'node:crypto';

/** Nobody who writes file names can know which of them will meet in one slot. */
const SEED = randomInt(2 ** 32 - 1);

/** File names by number: a name that stands in every version of a folder is kept once. */
export class NameTable {
  readonly #names: Buffer[] = [];
  #slots = new Int32Array(4096).fill(-1);

  numberOf(bytes: Buffer, from: number, to: number): number {
    let slot = hash(bytes, from, to) & (this.#slots.length - 1);
    for (;;) {
      const number = this.#slots[slot] as number;
      if (number === -1) break;
      if (equals(this.#names[number] as Buffer, bytes, from, to)) return number;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    const number = this.#names.length;
    this.#names.push(Buffer.from(bytes.subarray(from, to)));
    this.#slots[slot] = number;
    if (this.#names.length * 2 > this.#slots.length) this.#grow();
    return number;
  }

  name(number: number): Buffer {
    return this.#names[number] as Buffer;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    this.#names.forEach((name, number) => {
      let slot = hash(name, 0, name.length) & (slots.length - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number;
    });
    this.#slots = slots;
  }
}

function hash(bytes: Buffer, from: number, to: number): number {
  let value = SEED;
  for (let i = from; i < to; i++) value = Math.imul(value ^ (bytes[i] as number), 0x01000193);
  return value ^ (value >>> 15);
}

function equals(name: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return false;
  for (let i = 0; i < name.length; i++) if (name[i] !== bytes[from + i]) return false;
  return true;
}
