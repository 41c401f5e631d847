import { closeSync, fstatSync, readSync } from 'node:fs';
import { DamagedPack } from './pack-index.ts';
import { openRegular } from './regular-file.ts';

/** A pack up to this size is read whole; a larger one through pages. */
const WHOLE = 48 << 20;
const PAGE = 1 << 17;
const PAGES = 192;

/**
 * The bytes of a pack file on demand, in bounded memory. After `load(from, to)`, byte `p` of the file stands at
 * `bytes[p - shift]` for every `from <= p < to`, until the next call.
 */
export class PackFile {
  readonly size: number;
  bytes: Buffer = Buffer.alloc(0);
  shift = 0;
  readonly #descriptor: number;
  readonly #pages = new Map<number, Buffer>();
  /** For what does not lie within one page. */
  #span: Buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#descriptor = openRegular(path);
    this.size = fstatSync(this.#descriptor).size;
    if (this.size <= WHOLE) this.bytes = this.#read(0, this.size);
  }

  /** Makes a part of the file readable. Throws {@link DamagedPack} where the file has no such part. */
  load(from: number, to: number): void {
    if (from >= this.shift && to <= this.shift + this.bytes.length) return;
    if (from < 0 || to > this.size || to < from) throw new DamagedPack('an object reaches past its end');
    const page = Math.floor(from / PAGE);
    if (to > (page + 1) * PAGE) {
      if (this.#span.length < to - from) this.#span = Buffer.allocUnsafeSlow(to - from);
      this.bytes = this.#fill(this.#span.subarray(0, to - from), from);
      this.shift = from;
      return;
    }
    this.bytes = this.#page(page);
    this.shift = page * PAGE;
  }

  close(): void {
    closeSync(this.#descriptor);
    this.bytes = Buffer.alloc(0);
    this.#pages.clear();
  }

  #page(page: number): Buffer {
    const known = this.#pages.get(page);
    if (known !== undefined) {
      // Last used last: the first of the map is the page to give up.
      this.#pages.delete(page);
      this.#pages.set(page, known);
      return known;
    }
    const from = page * PAGE;
    const bytes = this.#fill(this.#room().subarray(0, Math.min(PAGE, this.size - from)), from);
    this.#pages.set(page, bytes);
    return bytes;
  }

  /** Memory for a page: that of the one given up, or more. */
  #room(): Buffer {
    if (this.#pages.size < PAGES) return Buffer.allocUnsafeSlow(PAGE);
    const [oldest, bytes] = this.#pages.entries().next().value as [number, Buffer];
    this.#pages.delete(oldest);
    return bytes.length === PAGE ? bytes : Buffer.allocUnsafeSlow(PAGE);
  }

  #read(from: number, to: number): Buffer {
    return this.#fill(Buffer.allocUnsafeSlow(to - from), from);
  }

  #fill(bytes: Buffer, from: number): Buffer {
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(this.#descriptor, bytes, done, bytes.length - done, from + done);
      if (read === 0) throw new DamagedPack('it became shorter while it was read');
      done += read;
    }
    return bytes;
  }
}
