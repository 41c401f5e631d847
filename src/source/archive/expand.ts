import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { XzReadableStream } from 'xz-decompress';
import type { ArchiveKind } from './kind.ts';

/** This Node cannot expand such content. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** A window of at most 64 MiB: what `zstd -19 --long=26` writes. More would let one file take the memory of the scan. */
const ZSTD_WINDOW_LOG = 26;

const ignored = (): undefined => undefined;

/** The expanded content of a compressed stream. */
export async function* expanded(kind: ArchiveKind, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (kind === 'xz') yield* expandedXz(chunks);
  else {
    const expander = kind === 'gzip' ? zlib.createGunzip() : zstdExpander();
    // Errors arrive where the output is read.
    pipeline(Readable.from(chunks), expander, ignored);
    yield* expander as AsyncIterable<Buffer>;
  }
}

function zstdExpander(): zlib.ZstdDecompress {
  // Node has it since 22.15.
  if (typeof zlib.createZstdDecompress !== 'function') throw new Unsupported();
  return zlib.createZstdDecompress({ params: { [zlib.constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } });
}

/** A CommonJS module, whose names Node cannot see from outside; bundlers can. */
async function loadXz(): Promise<typeof XzReadableStream> {
  const module: {
    XzReadableStream?: typeof XzReadableStream;
    default?: { XzReadableStream: typeof XzReadableStream };
  } = await import('xz-decompress');
  const found = module.XzReadableStream ?? module.default?.XzReadableStream;
  if (found === undefined) throw new Unsupported();
  return found;
}

async function* expandedXz(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const Expander = await loadXz();
  const compressed = ReadableStream.from(chunks) as ReadableStream<Uint8Array>;
  const reader = new Expander(compressed).getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
  } finally {
    // The library fails to be told that nobody reads on, which is no fault of the content.
    await reader.cancel().catch(ignored);
  }
}
