import { isAscii } from 'node:buffer';
import type { Span } from '#core/secret.ts';
import type { Surface } from '../match/detection.ts';
import { linesOf } from '../match/surface.ts';
import { findSegments, MAX_SEGMENTS, type Segment } from './segments.ts';

/** A text that may hold encoded parts. `ascii` and `surface` are asked for only when something decodes. */
export interface Encoded {
  readonly bytes: Buffer;
  readonly ascii: boolean;
  readonly surface: () => Surface;
  /** There were more encoded parts than are decoded at once. */
  readonly cut?: boolean;
}

/**
 * How far around a decoded part a match that touches it may reach, in bytes. Only these surroundings are kept: the rest of
 * the text was looked at before, and one escape in a large file must not have all of it looked at again.
 */
const AROUND = 256;

/**
 * Decodes what is encoded in a text, once; decode the result again for what was encoded twice. `undefined`: nothing is.
 * The result holds the decoded parts and what is around them; its surface knows where everything stood.
 */
export function decode(input: Encoded): Encoded | undefined {
  const segments = findSegments(input.bytes);
  if (segments.length === 0) return undefined;
  const { bytes, ascii } = input;
  const pieces = piecesOf(bytes, segments, ascii);
  const joined = Buffer.concat(pieces.map((piece) => piece.bytes));
  const plain = ascii && isAscii(joined);
  let made: Surface | undefined;
  const surface = (): Surface => {
    made ??= decodedSurface(joined.toString(plain ? 'latin1' : 'utf8'), pieces, input.surface());
    return made;
  };
  return { bytes: joined, ascii: plain, surface, cut: segments.length >= MAX_SEGMENTS };
}

/** A run of the decoded text: where it stands there, and where it was (string indices both). */
interface Piece extends Span {
  readonly bytes: Buffer;
  readonly was: Span;
  readonly decoded: boolean;
}

const GAP = Buffer.from('\n');

function piecesOf(bytes: Buffer, segments: readonly Segment[], ascii: boolean): Piece[] {
  const indexOf = ascii ? (offset: number) => offset : indexer(bytes);
  const pieces: Piece[] = [];
  let at = 0;
  const add = (part: Buffer, length: number, was: Span, decoded: boolean): void => {
    pieces.push({ start: at, end: at + length, bytes: part, was, decoded });
    at += length;
  };
  const copy = (start: number, end: number): void => {
    if (end <= start) return;
    const was = { start: indexOf(start), end: indexOf(end) };
    add(bytes.subarray(start, end), was.end - was.start, was, false);
  };
  let from = 0;
  segments.forEach((segment, index) => {
    const lead = edge(bytes, segment.start - AROUND, from);
    if (index > 0 && lead > edge(bytes, from + AROUND, from)) {
      copy(from, edge(bytes, from + AROUND, from));
      add(GAP, 1, { start: indexOf(lead), end: indexOf(lead) }, false);
    }
    copy(index > 0 && lead <= edge(bytes, from + AROUND, from) ? from : lead, segment.start);
    const decoded = Buffer.from(segment.decoded, 'utf8');
    const was = { start: indexOf(segment.start), end: indexOf(segment.end) };
    add(decoded, segment.decoded.length, was, true);
    from = segment.end;
  });
  copy(from, edge(bytes, Math.min(bytes.length, from + AROUND), from));
  return pieces;
}

/** The nearest place at or before `at`, not before `least`, that does not cut a UTF-8 character. */
function edge(bytes: Buffer, at: number, least: number): number {
  let place = Math.min(Math.max(at, least), bytes.length);
  while (place > least && ((bytes[place] ?? 0) & 0xc0) === 0x80) place -= 1;
  return place;
}

function decodedSurface(string: string, pieces: readonly Piece[], outer: Surface): Surface {
  return {
    string,
    depth: outer.depth + 1,
    line: (span) => linesOf(string, span),
    origin: (span) => {
      const touched = pieces.slice(firstEndingAfter(pieces, span.start)).slice(0, MOST_TOUCHED);
      const own = touched.filter((piece) => piece.start < span.end);
      const [first, last] = [own[0], own.at(-1)];
      if (first === undefined || last === undefined || !own.some(({ decoded }) => decoded)) return undefined;
      const start = first.decoded ? first.was.start : first.was.start + (span.start - first.start);
      const end = last.decoded ? last.was.end : last.was.start + (span.end - last.start);
      return outer.origin({ start, end });
    },
  };
}

/** A match over more pieces than this is taken to end where they end. */
const MOST_TOUCHED = 200;

function firstEndingAfter(pieces: readonly Piece[], at: number): number {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pieces[middle] as Piece).end > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** String indices of ascending byte offsets. */
function indexer(bytes: Buffer): (offset: number) => number {
  let at = 0;
  let index = 0;
  return (offset) => {
    if (offset < at) return index - bytes.toString('utf8', offset, at).length;
    for (; at < offset; at++) {
      const byte = bytes[at] as number;
      if ((byte & 0xc0) !== 0x80) index += byte >= 0xf0 ? 2 : 1;
    }
    return index;
  };
}
