import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { BufferPool } from './buffer-pool.ts';
import { applyDelta, deltaResultSize } from './delta.ts';
import { createInflater, type Inflater } from './inflate.ts';
import { type LooseObject, namesIn, readLoose } from './loose-objects.ts';
import { openPack, type Pack } from './pack.ts';
import { DamagedPack, findRow } from './pack-index.ts';
import { readRegular } from './regular-file.ts';

/** Bytes of objects kept because the next one asked for is likely made from them. */
const CACHE = 20 << 20;
/** Bytes of buffers kept for deltas, and the size from which on a step between two versions is not kept at hand. */
const SCRATCH = 4 << 20;
const LARGEST_STEP = 8 << 20;
/** Alternates of alternates, as deep as git follows them. */
const ALTERNATES = 5;
/** Deltas on deltas; git makes 50, and no more than 4,095 when told to. */
const LONGEST_CHAIN = 4096;

/** Something of a store that could not be used. */
export interface StoreLoss {
  readonly pack: string;
  readonly reason: string;
}

/** Everything git has stored for a repository: packs and loose objects, its own and those of its alternates. */
export class ObjectStore {
  readonly idLength: number;
  readonly largest: number;
  readonly packs: Pack[] = [];
  /** The folders with objects, the repository's own first. */
  readonly folders: string[] = [];
  readonly losses: StoreLoss[] = [];
  /** Whether some objects were left on a server on purpose (a partial clone). */
  partial = false;
  readonly inflater: Inflater = createInflater();
  readonly #cache = new Map<string, LooseObject>();
  #cached = 0;
  readonly #scratch = new BufferPool(SCRATCH);
  #steps: readonly [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];

  constructor(objects: string, idLength: number, largest: number) {
    this.idLength = idLength;
    this.largest = largest;
    this.#open(resolve(objects), 0);
  }

  close(): void {
    for (const pack of this.packs) pack.file.close();
    this.#cache.clear();
    this.#steps = [Buffer.alloc(0), Buffer.alloc(0)];
  }

  /** The object of an id (lower-case hexadecimal); `undefined` if it is not there, damaged or larger than the limit. */
  read(id: string): LooseObject | undefined {
    const cached = this.#cache.get(id);
    if (cached !== undefined) {
      this.#cache.delete(id);
      this.#cache.set(id, cached);
      return cached;
    }
    const found = this.#readPacked(Buffer.from(id, 'hex')) ?? this.#readLoose(id);
    if (found !== undefined) this.#remember(id, found);
    return found;
  }

  /** Whether a pack holds the object. */
  isPacked(id: Buffer): boolean {
    return this.packs.some((pack) => findRow(pack.index, id, 0) !== -1);
  }

  #open(objects: string, depth: number): void {
    if (this.folders.includes(objects)) return;
    this.folders.push(objects);
    const names = namesIn(join(objects, 'pack'));
    for (const name of names) {
      if (name.endsWith('.promisor')) this.partial = true;
      if (name.endsWith('.pack')) this.#openPack(objects, name.slice(0, -'.pack'.length), names);
    }
    if (depth >= ALTERNATES) return;
    for (const line of linesOf(join(objects, 'info', 'alternates'))) {
      if (line === '' || line.startsWith('#')) continue;
      const other = isAbsolute(line) ? resolve(line) : resolve(objects, line);
      if (existsSync(other)) this.#open(other, depth + 1);
      else this.losses.push({ pack: 'alternates', reason: 'a folder of objects that it names does not exist' });
    }
  }

  #openPack(objects: string, name: string, names: readonly string[]): void {
    // Without its index a pack is one that git is about to write, or to delete.
    if (!names.includes(`${name}.idx`)) return;
    try {
      this.packs.push(openPack(join(objects, 'pack', name), name, this.idLength));
    } catch (error) {
      const reason = error instanceof DamagedPack ? error.message : 'it cannot be read';
      if (!(error instanceof DamagedPack) && (error as NodeJS.ErrnoException).syscall === undefined) throw error;
      this.losses.push({ pack: name, reason });
    }
  }

  #readLoose(id: string): LooseObject | undefined {
    for (const folder of this.folders) {
      const found = readLoose(folder, id, this.inflater, this.largest);
      if (typeof found !== 'string') return found;
    }
    return undefined;
  }

  #readPacked(id: Buffer): LooseObject | undefined {
    for (const pack of this.packs) {
      const row = findRow(pack.index, id, 0);
      if (row === -1) continue;
      try {
        const found = this.#make(pack, pack.entries[row] as number);
        if (found !== undefined) return found;
      } catch (error) {
        if (!(error instanceof DamagedPack)) throw error;
      }
    }
    return undefined;
  }

  #make(pack: Pack, entry: number): LooseObject | undefined {
    const chain: number[] = [];
    let base = entry;
    let known: LooseObject | undefined;
    while ((pack.bases[base] as number) >= 0 && chain.length < LONGEST_CHAIN) {
      if (base !== entry) known = this.#cache.get(idOf(pack, base));
      if (known !== undefined) break;
      chain.push(base);
      base = pack.bases[base] as number;
    }
    const type = pack.types[base] as number;
    let content = known?.content ?? this.#inflate(pack, base);
    if (type === 0 || content === undefined) return undefined;
    for (let i = chain.length - 1; i >= 0; i--) {
      const keeps = i === 0 || (i % 8 === 1 && content.length <= CACHE / 4);
      content = this.#apply(pack, chain[i] as number, content, keeps);
      if (content === undefined) return undefined;
      if (keeps && i > 0) this.#remember(idOf(pack, chain[i] as number), { type, content });
    }
    return { type, content };
  }

  #inflate(pack: Pack, entry: number): Buffer | undefined {
    const size = pack.sizes[entry] as number;
    if (size > this.largest) return undefined;
    const content = Buffer.allocUnsafeSlow(size + 1);
    return this.#inflateInto(pack, entry, content) === size ? content.subarray(0, size) : undefined;
  }

  #inflateInto(pack: Pack, entry: number, content: Buffer): number {
    const from = pack.data[entry] as number;
    const to = pack.starts[entry + 1] as number;
    pack.file.load(from, to);
    const { bytes, shift } = pack.file;
    return this.inflater.inflate(bytes, from - shift, to - shift, content, (pack.sizes[entry] as number) + 1);
  }

  /** Applies one delta. What is not to be kept is only good until the delta after the next. */
  #apply(pack: Pack, entry: number, base: Buffer, keeps: boolean): Buffer | undefined {
    const deltaSize = pack.sizes[entry] as number;
    if (deltaSize > this.largest) return undefined;
    const delta = this.#scratch.take(deltaSize + 1);
    try {
      if (this.#inflateInto(pack, entry, delta) !== deltaSize) return undefined;
      const size = deltaResultSize(delta, deltaSize);
      if (size < 0 || size > this.largest) return undefined;
      const content = keeps ? Buffer.allocUnsafeSlow(size) : this.#step(size);
      applyDelta(delta, deltaSize, base, base.length, content);
      return content;
    } finally {
      this.#scratch.give(delta);
    }
  }

  /** One of two buffers by turns: a version of a file on the way to the one that was asked for. */
  #step(size: number): Buffer {
    if (size > LARGEST_STEP) return Buffer.allocUnsafeSlow(size);
    const [next, last] = this.#steps;
    const buffer = next.length >= size ? next : Buffer.allocUnsafeSlow(size + (size >> 3));
    this.#steps = [last, buffer];
    return buffer.subarray(0, size);
  }

  #remember(id: string, object: LooseObject): void {
    if (object.content.length > CACHE / 4 || this.#cache.has(id)) return;
    this.#cache.set(id, object);
    this.#cached += object.content.length;
    for (const [oldest, { content }] of this.#cache) {
      if (this.#cached <= CACHE) return;
      this.#cache.delete(oldest);
      this.#cached -= content.length;
    }
  }
}

/** The id of an entry as hexadecimal. */
function idOf(pack: Pack, entry: number): string {
  const { ids, idLength } = pack.index;
  const at = (pack.rows[entry] as number) * idLength;
  return ids.toString('hex', at, at + idLength);
}

function linesOf(path: string): string[] {
  try {
    return readRegular(path).toString('utf8').split('\n');
  } catch {
    return [];
  }
}
