import { type ChunkReader, Truncated } from '../chunk-reader.ts';

/** A regular file of a tar; `body` need not be read. */
export interface TarMember {
  readonly name: Buffer;
  readonly size: number;
  readonly body: AsyncIterable<Buffer>;
}

/** Whatever a tar holds: files, and what has a name and no content. */
export interface TarEntry extends TarMember {
  /** The type flag: `0` a file, `1` a hard link, `2` a symbolic link, `5` a folder, others devices and pipes. */
  readonly type: string;
  /** What a link leads to; empty for what is none. */
  readonly link: Buffer;
  readonly mode: number;
}

/** These bytes are no tar. */
class NotTar extends Error {
  override readonly name = 'NotTar';
}

const BLOCK = 512;
/** Names and pax records are small; a size past this is an attack on memory. */
const MAX_METADATA = 1024 * 1024;

const FILES = new Set(['0', '\0', '7', 'S']);
/** Links, devices, folders and FIFOs have no content, whatever their header claims. */
const WITHOUT_CONTENT = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * The files of a tar (POSIX.1-2017 pax and ustar, with GNU's long names, sizes in base 256 and sparse headers), one at a
 * time and without holding any of them.
 */
export async function* tarMembers(reader: ChunkReader): AsyncGenerator<TarMember> {
  for await (const entry of tarEntries(reader)) if (FILES.has(entry.type)) yield entry;
}

/** Everything that {@link tarMembers} reads, links and folders included. */
export async function* tarEntries(reader: ChunkReader): AsyncGenerator<TarEntry> {
  let name: Buffer | undefined;
  let link: Buffer | undefined;
  let size: number | undefined;
  for (;;) {
    const header = await reader.peek(BLOCK);
    if (header.length === 0 || isZero(header)) return;
    if (header.length < BLOCK) throw new Truncated();
    const block = Buffer.from(await reader.take(BLOCK));
    checkSum(block);
    const type = String.fromCharCode(block[156] as number);
    const length = WITHOUT_CONTENT.has(type) ? 0 : (size ?? numberAt(block, 124, 12));
    if (type === 'L' || type === 'K' || type === 'x') {
      const metadata = await reader.take(metadataLength(length));
      if (type === 'L') name = Buffer.from(cString(metadata));
      else if (type === 'K') link = Buffer.from(cString(metadata));
      else ({ name = name, link = link, size } = paxRecords(metadata));
      await skip(reader, padding(length));
      continue;
    }
    if (type === 'S' && block[482] !== 0) await skipSparseMap(reader);
    const body = new Body(reader, length);
    if (type !== 'g') {
      const target = link ?? Buffer.from(cString(block.subarray(157, 257)));
      const entry = { type, name: name ?? nameOf(block), link: target, mode: numberAt(block, 100, 8) };
      yield { ...entry, size: length, body: body.chunks() };
    }
    await body.finish();
    await skip(reader, padding(length));
    // A global header says nothing about the name of the next file, but it does not end its records.
    if (type !== 'g') {
      name = undefined;
      link = undefined;
      size = undefined;
    }
  }
}

/** What is left of a body when the one who got it has read as much as they wanted. */
class Body {
  readonly #reader: ChunkReader;
  #left: number;

  constructor(reader: ChunkReader, size: number) {
    this.#reader = reader;
    this.#left = size;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#reader.chunks(this.#left)) {
      this.#left -= chunk.length;
      yield chunk;
    }
  }

  async finish(): Promise<void> {
    await skip(this.#reader, this.#left);
  }
}

async function skip(reader: ChunkReader, size: number): Promise<void> {
  for await (const _ of reader.chunks(size));
}

async function skipSparseMap(reader: ChunkReader): Promise<void> {
  while ((await reader.take(BLOCK))[504] !== 0);
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

function checkSum(block: Buffer): void {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at += 1) if (at < 148 || at >= 156) sum += block[at] as number;
  if (sum !== numberAt(block, 148, 8)) throw new NotTar();
}

function metadataLength(length: number): number {
  if (length > MAX_METADATA) throw new NotTar();
  return length;
}

/** Octal digits; or, with the first bit set, a binary number, as GNU writes sizes of 8 GiB and more. */
function numberAt(block: Buffer, at: number, length: number): number {
  if (((block[at] as number) & 0x80) !== 0) {
    const value = block.readUIntBE(at + length - 6, 6);
    for (let byte = at + 1; byte < at + length - 6; byte += 1) if (block[byte] !== 0) throw new NotTar();
    return value;
  }
  const digits = cString(block.subarray(at, at + length))
    .toString('latin1')
    .trim();
  if (!/^[0-7]*$/.test(digits)) throw new NotTar();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function nameOf(block: Buffer): Buffer {
  const name = cString(block.subarray(0, 100));
  const isPosix = block.toString('latin1', 257, 263) === 'ustar\0';
  const prefix = isPosix ? cString(block.subarray(345, 500)) : Buffer.alloc(0);
  return prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]);
}

function cString(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Records of `length key=value\n`, where the length counts itself. */
function paxRecords(bytes: Buffer): { name?: Buffer; link?: Buffer; size?: number } {
  const found: { name?: Buffer; link?: Buffer; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = space === -1 ? Number.NaN : Number(bytes.toString('latin1', at, space));
    if (!Number.isSafeInteger(length) || length <= space - at || at + length > bytes.length) throw new NotTar();
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    const key = record.toString('latin1', 0, Math.max(equals, 0));
    const value = record.subarray(equals + 1);
    if (key === 'path') found.name = value;
    else if (key === 'linkpath') found.link = value;
    else if (key === 'size') found.size = sizeIn(value.toString('latin1'));
    at += length;
  }
  return found;
}

function sizeIn(value: string): number {
  const size = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(size)) throw new NotTar();
  return size;
}
