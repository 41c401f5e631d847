import { closeSync, constants, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '#core/refusal.ts';
import { MOST_BYTES } from '../json.ts';
import { HashFile } from './hash-file.ts';
import { leafHash, rootOf } from './merkle.ts';
import type { Checkpoint } from './note.ts';
import { writeAll } from './write-all.ts';

/** The names in the folder of a ledger. `hashes` and `index` can be made from `entries`. */
export const FILES = {
  entries: 'entries.jsonl',
  checkpoint: 'checkpoint',
  hashes: 'hashes',
  index: 'index',
  lock: 'lock',
};

const ID_BYTES = 32;
const INDEX_BYTES = 8 + ID_BYTES;
const LINE_FEED = 0x0a;

/** What goes into the ledger: the line, and the identity that must not come twice (32 bytes). */
export interface Line {
  readonly bytes: Buffer;
  readonly id: Buffer;
}

/** Makes the identity of an entry from its line, where the index has to be made again. */
export type IdentityOf = (line: Buffer) => Buffer;

/** The files of a ledger, open for appending by the one process that holds its lock. */
export class LedgerFiles {
  readonly #entries: number;
  readonly #index: number;
  readonly #hashDescriptor: number;
  readonly hashes: HashFile;

  constructor(folder: string) {
    const open = (name: string): number => openSync(join(folder, name), constants.O_RDWR | constants.O_CREAT, 0o600);
    this.#entries = open(FILES.entries);
    this.#index = open(FILES.index);
    this.#hashDescriptor = open(FILES.hashes);
    this.hashes = new HashFile(this.#hashDescriptor);
  }

  close(): void {
    for (const descriptor of [this.#entries, this.#index, this.#hashDescriptor]) closeSync(descriptor);
  }

  /**
   * Makes the files what the checkpoint says, which was signed and is on the disk: derived files that do not agree are made
   * again, and what stands behind the last entry, left by a write that nobody was told had succeeded, is cut off.
   *
   * @returns how many bytes were cut off
   * @throws Refusal `ledger-truncated`, `ledger-altered`
   */
  settle(checkpoint: Checkpoint, identityOf: IdentityOf): number {
    if (!this.#agrees(checkpoint)) this.#rebuild(checkpoint, identityOf);
    const end = this.endOf(checkpoint.size);
    const torn = fstatSync(this.#entries).size - end;
    if (torn > 0) ftruncateSync(this.#entries, end);
    return torn;
  }

  /** Where the first `size` entries end, in bytes. */
  endOf(size: number): number {
    if (size === 0) return 0;
    const bytes = Buffer.allocUnsafe(8);
    if (readSync(this.#index, bytes, 0, 8, (size - 1) * INDEX_BYTES) !== 8) throw new RangeError('short index');
    return Number(bytes.readBigUInt64LE());
  }

  line(index: number): Buffer {
    return this.#read(this.endOf(index), this.endOf(index + 1) - 1);
  }

  /** The identities of the entries from `from` to `size`. */
  *identities(from: number, size: number): Generator<Buffer> {
    const bytes = Buffer.alloc((size - from) * INDEX_BYTES);
    readSync(this.#index, bytes, 0, bytes.length, from * INDEX_BYTES);
    for (let at = 8; at < bytes.length; at += INDEX_BYTES) yield bytes.subarray(at, at + ID_BYTES);
  }

  /** Adds lines after the first `size`; when it returns, the disk holds them. */
  append(size: number, lines: readonly Line[]): void {
    const start = this.endOf(size);
    writeAll(this.#entries, Buffer.concat(lines.flatMap(({ bytes }) => [bytes, Buffer.from([LINE_FEED])])), start);
    fdatasyncSync(this.#entries);
    let end = start;
    for (const [at, line] of lines.entries()) {
      end += line.bytes.length + 1;
      this.#record(size + at, line, end);
    }
  }

  #record(index: number, { bytes, id }: Line, end: number): void {
    this.hashes.add(index, leafHash(bytes));
    const record = Buffer.allocUnsafe(INDEX_BYTES);
    record.writeBigUInt64LE(BigInt(end));
    record.set(id, 8);
    writeAll(this.#index, record, index * INDEX_BYTES);
  }

  #agrees({ size, root }: Checkpoint): boolean {
    try {
      if (!rootOf(this.hashes, size).equals(root)) return false;
      return size === 0 || leafHash(this.line(size - 1)).equals(this.hashes.at(0, size - 1));
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  #rebuild({ size, root }: Checkpoint, identityOf: IdentityOf): void {
    let count = 0;
    let end = 0;
    for (const bytes of linesOf(this.#entries)) {
      if (count === size) break;
      end += bytes.length + 1;
      this.#record(count, { bytes, id: identityOf(bytes) }, end);
      count += 1;
    }
    if (count < size) throw new Refusal('ledger-truncated', `the ledger has ${count} of its ${size} entries`);
    if (!rootOf(this.hashes, size).equals(root)) {
      throw new Refusal('ledger-altered', 'the entries of the ledger are not those that were signed');
    }
  }

  #read(start: number, end: number): Buffer {
    if (end < start || end - start > 2 * MOST_BYTES) throw new RangeError('no such line');
    const bytes = Buffer.allocUnsafe(end - start);
    if (readSync(this.#entries, bytes, 0, bytes.length, start) !== bytes.length) throw new RangeError('no such line');
    return bytes;
  }
}

const CHUNK = 4 * 1024 * 1024;

/** Every whole line of a file from its start, without line breaks. What follows the last line break is no line. */
export function* linesOf(descriptor: number): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (let position = 0; ; ) {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const read = readSync(descriptor, chunk, 0, CHUNK, position);
    if (read === 0) return;
    position += read;
    const bytes = rest.length === 0 ? chunk.subarray(0, read) : Buffer.concat([rest, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, start)) {
      yield bytes.subarray(start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > 2 * MOST_BYTES) throw new Refusal('ledger-altered', 'a line of the ledger has no end');
  }
}
