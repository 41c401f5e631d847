import type { ArtifactRef } from '#core/artifact.ts';
import type { Problem } from '#core/problem.ts';
import { ChunkReader } from '../chunk-reader.ts';
import { HEAD_BYTES, isBinaryHead } from '../content.ts';
import { artifactOf, binary, type Item, tooLarge } from '../items.ts';
import { RATIO_FREE_BYTES, type ReadLimits, sizeText } from '../limits.ts';
import { memberPath } from '../name.ts';
import { expanded, Unsupported } from './expand.ts';
import { type ArchiveKind, archiveKind } from './kind.ts';
import { chunksOf, type Place, sizeOf } from './place.ts';
import { tarMembers } from './tar.ts';
import { zipMembers } from './zip.ts';

const TAR_BLOCK = 512;

/** A bound was hit: reading the outermost archive ends here. */
class BoundHit extends Error {
  override readonly name = 'BoundHit';
}

/**
 * An archive as artifacts: itself (binary), then each member as `archive!member`, members of members likewise. What
 * cannot be read is a Problem; so is each bound, which ends the whole archive, since what is left is no more than an
 * attacker's choice.
 */
export async function* readArchive(ref: ArtifactRef, place: Place, limits: ReadLimits): AsyncGenerator<Item> {
  yield binary(ref, place.kind === 'bytes' ? place.bytes : Buffer.alloc(0));
  yield* new Expansion(ref, sizeOf(place), limits).archive(place);
}

class Expansion {
  readonly #ref: ArtifactRef;
  readonly #limits: ReadLimits;
  readonly #maxBytes: number;
  #bytes = 0;
  #members = 0;

  constructor(ref: ArtifactRef, size: number, limits: ReadLimits) {
    this.#ref = ref;
    this.#limits = limits;
    this.#maxBytes = Math.min(limits.archive.maxBytes, Math.max(RATIO_FREE_BYTES, size * limits.archive.maxRatio));
  }

  async *archive(place: Place): AsyncGenerator<Item> {
    try {
      yield* this.#open(this.#ref.path, place, 1);
    } catch (error) {
      if (!(error instanceof BoundHit)) throw error;
      yield problem('archive-too-large', error.message, this.#ref.path, 'Scan its content apart, or raise the limits.');
    }
  }

  async *#open(path: string, place: Place, depth: number): AsyncGenerator<Item> {
    try {
      const kind = await kindOf(place);
      if (kind === 'zip') yield* this.#zip(path, place, depth);
      else if (kind === 'tar') yield* this.#tar(path, new ChunkReader(this.#charged(chunksOf(place))), depth);
      else if (kind !== undefined) yield* this.#compressed(path, kind, place, depth);
    } catch (error) {
      if (isNotAboutContent(error)) throw error;
      yield error instanceof Unsupported
        ? problem('archive-unsupported', 'Not opened, because this Node cannot expand its kind.', path)
        : problem('archive-corrupt', 'Not read to its end, because it is damaged.', path);
    }
  }

  async *#zip(path: string, place: Place, depth: number): AsyncGenerator<Item> {
    for await (const member of zipMembers(place)) {
      const inner = `${path}!${memberPath(member.name)}`;
      this.#countMember();
      if (member.obstacle === 'encrypted')
        yield problem('archive-encrypted', 'Not read, because it is encrypted.', inner);
      else if (member.obstacle === 'unsupported') {
        yield problem('archive-unsupported', 'Not read, because its compression is not known.', inner);
      } else yield* this.#zipMember(inner, member.body(), depth);
    }
  }

  /** One damaged member of a zip does not hide the next: its directory says where that is. */
  async *#zipMember(path: string, body: AsyncIterable<Buffer>, depth: number): AsyncGenerator<Item> {
    let content: Content;
    try {
      content = await this.#collect(this.#charged(body));
    } catch (error) {
      if (isNotAboutContent(error)) throw error;
      yield problem('archive-corrupt', 'Not read, because it is damaged.', path);
      return;
    }
    yield* this.#member(path, content, depth);
  }

  async *#compressed(path: string, kind: ArchiveKind, place: Place, depth: number): AsyncGenerator<Item> {
    const reader = new ChunkReader(this.#charged(expanded(kind, chunksOf(place))));
    try {
      if (archiveKind(await reader.peek(TAR_BLOCK)) === 'tar') yield* this.#tar(path, reader, depth);
      else {
        this.#countMember();
        yield* this.#member(`${path}!${expandedName(path)}`, await this.#collect(reader.chunks()), depth);
      }
    } finally {
      await reader.close();
    }
  }

  async *#tar(path: string, reader: ChunkReader, depth: number): AsyncGenerator<Item> {
    for await (const member of tarMembers(reader)) {
      this.#countMember();
      yield* this.#member(`${path}!${memberPath(member.name)}`, await this.#collect(member.body), depth);
    }
  }

  async *#member(path: string, content: Content, depth: number): AsyncGenerator<Item> {
    const ref = { path, origin: this.#ref.origin };
    const { bytes } = content;
    if (archiveKind(bytes) !== undefined && !content.isWhole) yield tooLarge(path, this.#limits);
    else if (archiveKind(bytes) !== undefined) {
      yield binary(ref, bytes);
      if (depth < this.#limits.archive.maxDepth) yield* this.#open(path, { kind: 'bytes', bytes }, depth + 1);
      else yield problem('archive-too-deep', 'Not opened, because it lies too deep within other archives.', path);
    } else if (content.isBinary) yield binary(ref, bytes);
    else yield content.isWhole ? artifactOf(ref, bytes) : tooLarge(path, this.#limits);
  }

  /** Up to the limit for files; of binary content that is no archive, the first chunks only. */
  async #collect(body: AsyncIterable<Buffer>): Promise<Content> {
    const chunks: Buffer[] = [];
    let size = 0;
    let isJudged = false;
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (!isJudged && size >= HEAD_BYTES) {
        isJudged = true;
        const head = Buffer.concat(chunks);
        if (archiveKind(head) === undefined && isBinaryHead(head.subarray(0, HEAD_BYTES))) {
          return { bytes: head, isWhole: false, isBinary: true };
        }
      }
      if (size > this.#limits.maxFileBytes) return { bytes: Buffer.concat(chunks), isWhole: false, isBinary: false };
    }
    return { bytes: Buffer.concat(chunks, size), isWhole: true, isBinary: false };
  }

  async *#charged(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#maxBytes) {
        throw new BoundHit(`Not read to its end, because it expands to more than ${sizeText(this.#maxBytes)}.`);
      }
      yield chunk;
    }
  }

  #countMember(): void {
    this.#members += 1;
    const { maxMembers } = this.#limits.archive;
    if (this.#members > maxMembers) {
      throw new BoundHit(`Not read to its end, because it has more than ${maxMembers} members.`);
    }
  }
}

/** A bound, or a defect of ours: neither may pass for a damaged archive. */
const isNotAboutContent = (error: unknown): boolean =>
  error instanceof BoundHit || error instanceof TypeError || error instanceof ReferenceError;

interface Content {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
  readonly isBinary: boolean;
}

async function kindOf(place: Place): Promise<ArchiveKind | undefined> {
  const reader = new ChunkReader(chunksOf(place));
  try {
    return archiveKind(await reader.peek(TAR_BLOCK));
  } finally {
    await reader.close();
  }
}

/** `notes.txt` for `dir/notes.txt.gz`. */
function expandedName(path: string): string {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('!')) + 1);
  return name.replace(/(?<=.)\.(?:gz|xz|zst|z)$/i, '');
}

function problem(code: string, message: string, path: string, hint?: string): Problem {
  return { code, message, path, ...(hint === undefined ? {} : { hint }) };
}
