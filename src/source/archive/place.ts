import { constants, createReadStream } from 'node:fs';

/** Where an archive is: in memory, or in a file too large for that. */
export type Place =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly file: string | Buffer; readonly size: number };

const CHUNK = 64 * 1024;

export const sizeOf = (place: Place): number => (place.kind === 'bytes' ? place.bytes.length : place.size);

/** Its bytes from the start, in chunks. */
export async function* chunksOf(place: Place): AsyncGenerator<Buffer> {
  if (place.kind === 'file') {
    yield* createReadStream(place.file, { flags: constants.O_RDONLY | constants.O_NOFOLLOW } as never);
    return;
  }
  for (let at = 0; at < place.bytes.length; at += CHUNK) yield place.bytes.subarray(at, at + CHUNK);
}
