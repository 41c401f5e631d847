import type { Span } from '#core/secret.ts';
import type { Surface } from '../match/detection.ts';
import { linesOf } from '../match/surface.ts';
import { findSegments } from './segments.ts';

/** A text after one round of decoding. */
export interface Decoded {
  readonly bytes: Buffer;
  readonly ascii: boolean;
  readonly surface: Surface;
  /** Where in `bytes` decoded parts stand, with what is around them: nothing else can be new. */
  readonly windows: readonly Span[];
}

/** A text that may hold encoded parts. `ascii` and `surface` are asked for only when something decodes. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly ascii: boolean;
  readonly surface: () => Surface;
}

/** How far around a decoded part a match that touches it is looked for, in bytes. */
const AROUND = 1024;

/**
 * Decodes what is encoded in a text, once; decode the result again for what was encoded twice. `undefined`: nothing is.
 */
export function decode(input: Encoded): Decoded | undefined {
  const { bytes } = input;
  const segments = findSegments(bytes);
  if (segments.length === 0) return undefined;
  const { ascii } = input;
  const pieces: Buffer[] = [];
  const windows: Span[] = [];
  const places: Place[] = [];
  let from = 0;
  let length = 0;
  let plain = ascii;
  const indexOf = ascii ? (offset: number) => offset : indexer(bytes);
  let shift = 0;
  for (const segment of segments) {
    const decoded = Buffer.from(segment.decoded, 'utf8');
    plain &&= decoded.length === segment.decoded.length;
    pieces.push(bytes.subarray(from, segment.start), decoded);
    length += segment.start - from;
    addWindow(windows, length, length + decoded.length);
    length += decoded.length;
    from = segment.end;
    const [start, end] = [indexOf(segment.start), indexOf(segment.end)];
    places.push({ start: start + shift, end: start + shift + segment.decoded.length, was: { start, end } });
    shift += segment.decoded.length - (end - start);
  }
  pieces.push(bytes.subarray(from));
  const joined = Buffer.concat(pieces);
  const total = joined.length;
  return {
    bytes: joined,
    ascii: plain,
    windows: windows.map(({ start, end }) => ({ start, end: Math.min(end, total) })),
    surface: decodedSurface(joined.toString(plain ? 'latin1' : 'utf8'), places, input.surface()),
  };
}

/** Where a decoded part stands in its text, and where its encoded form stood in the text before. */
interface Place extends Span {
  readonly was: Span;
}

function addWindow(windows: Span[], start: number, end: number): void {
  const from = Math.max(0, start - AROUND);
  const last = windows.at(-1);
  if (last !== undefined && from <= last.end) windows[windows.length - 1] = { start: last.start, end: end + AROUND };
  else windows.push({ start: from, end: end + AROUND });
}

function decodedSurface(string: string, places: readonly Place[], outer: Surface): Surface {
  return {
    string,
    depth: outer.depth + 1,
    line: (span) => linesOf(string, span),
    origin: (span) => {
      const touched = places.filter((place) => place.start < span.end && span.start < place.end);
      const [first, last] = [touched[0], touched.at(-1)];
      if (first === undefined || last === undefined) return undefined;
      const start = span.start < first.start ? first.was.start - (first.start - span.start) : first.was.start;
      const end = span.end > last.end ? last.was.end + (span.end - last.end) : last.was.end;
      return outer.origin({ start, end });
    },
  };
}

/** String indices of ascending byte offsets. */
function indexer(bytes: Buffer): (offset: number) => number {
  let at = 0;
  let index = 0;
  return (offset) => {
    for (; at < offset; at++) {
      const byte = bytes[at] as number;
      if ((byte & 0xc0) !== 0x80) index += byte >= 0xf0 ? 2 : 1;
    }
    return index;
  };
}
