import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { ArtifactRef } from '#core/artifact.ts';
import { archiveKind } from './archive/kind.ts';
import type { Place } from './archive/place.ts';
import { HEAD_BYTES, isBinaryHead } from './content.ts';
import { artifactOf, binary, type Item, tooLarge } from './items.ts';
import type { ReadLimits } from './limits.ts';
import { unopened, unreadable } from './lister.ts';

/**
 * Memory that files are read into one after the other. Trap: what was read with it is valid only until the next read
 * with it, so finish with one artifact (take strings, not buffers, out of it) before reading the next.
 */
export class ReadBuffer {
  static readonly #LARGEST = 4 * 1024 * 1024;
  #bytes = Buffer.allocUnsafeSlow(64 * 1024);

  take(size: number): Buffer {
    if (size > ReadBuffer.#LARGEST) return Buffer.allocUnsafeSlow(size);
    if (size > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(Math.max(size, this.#bytes.length * 2));
    return this.#bytes.subarray(0, size);
  }
}

/** Of a file larger than this the start is looked at first: most are binary, and then the rest need not be read. */
const LOOK_FIRST = 64 * 1024;

/**
 * Reads a reference: one artifact or one problem, at once and without a promise, since most of a scan is this. Only an
 * archive answers with an asynchronous iterable: itself (as a binary artifact) and then its members, in their order.
 *
 * A file is opened without following a link and without waiting for a writer, and is looked at again after that: what
 * the list saw may be something else by now.
 */
export function readArtifact(
  ref: ArtifactRef,
  limits: ReadLimits,
  buffer?: ReadBuffer,
): readonly Item[] | AsyncIterable<Item> {
  if (ref.content.kind === 'file') return readFile(ref, ref.content.file, limits, buffer);
  const { bytes } = ref.content;
  return contentOf(ref, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), limits);
}

function readFile(
  ref: ArtifactRef,
  file: string | Buffer,
  limits: ReadLimits,
  buffer: ReadBuffer | undefined,
): readonly Item[] | AsyncIterable<Item> {
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    return [unreadable(ref.path, error)];
  }
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return [unopened(ref.path, stats)];
    if (stats.size > limits.maxFileBytes) return largeFile(ref, file, handle, stats, limits);
    const bytes = buffer?.take(stats.size + 1) ?? Buffer.allocUnsafeSlow(stats.size + 1);
    const read = stats.size > LOOK_FIRST ? readSync(handle, bytes, 0, HEAD_BYTES, null) : 0;
    const head = bytes.subarray(0, read);
    if (read > 0 && archiveKind(head) === undefined && isBinaryHead(head)) return [binary(ref, Buffer.from(head))];
    return contentOf(ref, readRest(handle, bytes, read, stats.size, limits), limits);
  } catch (error) {
    return [unreadable(ref.path, error)];
  } finally {
    closeSync(handle);
  }
}

/**
 * What follows the bytes already read. There is room for a byte more than there should be: a file that grows, or one of
 * /proc that claims to be empty, shows itself.
 */
function readRest(handle: number, room: Buffer, from: number, size: number, limits: ReadLimits): Buffer {
  let bytes = room;
  let length = from;
  for (;;) {
    const read = readSync(handle, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0 || (length === size && size > 0) || length > limits.maxFileBytes) return bytes.subarray(0, length);
    if (length === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafeSlow(bytes.length + 4096)]);
  }
}

function contentOf(ref: ArtifactRef, bytes: Buffer, limits: ReadLimits): readonly Item[] | AsyncIterable<Item> {
  // Its members are read over some time, in which the buffer may serve somebody else.
  if (archiveKind(bytes) !== undefined) return archive(ref, { kind: 'bytes', bytes: Buffer.from(bytes) }, limits);
  return [bytes.length > limits.maxFileBytes ? tooLarge(ref.path, limits) : artifactOf(ref, bytes)];
}

/** What does not fit in memory: an archive is opened where it lies, binary content counts without its bytes. */
function largeFile(
  ref: ArtifactRef,
  file: string | Buffer,
  handle: number,
  stats: Stats,
  limits: ReadLimits,
): readonly Item[] | AsyncIterable<Item> {
  const head = Buffer.alloc(HEAD_BYTES);
  const start = head.subarray(0, readSync(handle, head, 0, head.length, 0));
  if (archiveKind(start) !== undefined) return archive(ref, { kind: 'file', file, size: stats.size }, limits);
  return [isBinaryHead(start) ? binary(ref, start) : tooLarge(ref.path, limits)];
}

/** What opens archives is loaded with the first one. */
async function* archive(ref: ArtifactRef, place: Place, limits: ReadLimits): AsyncGenerator<Item> {
  const { readArchive } = await import('./archive/read.ts');
  yield* readArchive(ref, place, limits);
}
