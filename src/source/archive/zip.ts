import { inflateRawSync } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import type { Place } from './place.ts';

/** A file of a zip; `body` need not be read. */
export interface ZipMember {
  readonly name: Buffer;
  /** Why its content cannot be had, if so. */
  readonly obstacle: 'encrypted' | 'unsupported' | undefined;
  body(): AsyncIterable<Buffer>;
}

/** A member up to this size is expanded in one call: a stream for each costs more than a small file itself. */
const AT_ONCE = 1024 * 1024;
const STORED = 0;

const OPTIONS = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true };

/** The files of a zip, in the order of its directory (APPNOTE.TXT 4.3.12), one at a time. */
export async function* zipMembers(place: Place): AsyncGenerator<ZipMember> {
  const zip = await open(place);
  try {
    for await (const entry of zip.eachEntry()) {
      const raw = entry.fileName as unknown as Buffer;
      if (raw.at(-1) === 0x2f) continue;
      yield { name: raw, obstacle: obstacleOf(entry), body: () => bodyOf(zip, entry, place) };
    }
  } finally {
    zip.close();
  }
}

async function open(place: Place): Promise<ZipFile> {
  const yauzl = await import('yauzl');
  if (place.kind === 'bytes') return await yauzl.fromBufferPromise(place.bytes, OPTIONS);
  // The library takes a buffer as well, as every function of the file system does.
  return await yauzl.openPromise(place.file as string, OPTIONS);
}

function obstacleOf(entry: Entry): ZipMember['obstacle'] {
  if (entry.isEncrypted()) return 'encrypted';
  return entry.canDecodeFileData() ? undefined : 'unsupported';
}

async function* bodyOf(zip: ZipFile, entry: Entry, place: Place): AsyncGenerator<Buffer> {
  const { compressedSize, uncompressedSize } = entry;
  if (place.kind === 'bytes' && compressedSize <= AT_ONCE && uncompressedSize <= AT_ONCE) {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    yield inflated(place.bytes.subarray(fileDataStart, fileDataStart + compressedSize), entry);
  } else yield* (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
}

/** Never more than the directory says: that has been weighed, and content of another size is damaged. */
function inflated(data: Buffer, { compressionMethod, uncompressedSize }: Entry): Buffer {
  const content =
    compressionMethod === STORED ? data : inflateRawSync(data, { maxOutputLength: Math.max(uncompressedSize, 1) });
  if (content.length !== uncompressedSize) throw new RangeError('a member of another size than its directory says');
  return content;
}
