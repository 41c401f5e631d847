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
  const runs = runsOf(bytes, segments);
  const joined = Buffer.concat(runs.map((run) => run.bytes));
  const plain = ascii && isAscii(joined);
  let made: Surface | undefined;
  const surface = (): Surface => {
    if (made !== undefined) return made;
    const string = joined.toString(plain ? 'latin1' : 'utf8');
    made = decodedSurface(string, piecesOf(runs, bytes, ascii), input.surface());
    return made;
  };
  return { bytes: joined, ascii: plain, surface, cut: segments.length >= MAX_SEGMENTS };
}

/** A run of the result: what it holds, and where it was (byte offsets). */
interface Run extends Span {
  readonly bytes: Buffer;
  /** What was decoded; `undefined`: the text around it, as it is, or a line break where some of that is left out. */
  readonly decoded?: string;
}

const GAP = Buffer.from('\n');

function runsOf(bytes: Buffer, segments: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  const copy = (start: number, end: number): void => {
    if (end > start) runs.push({ bytes: bytes.subarray(start, end), start, end });
  };
  let from = 0;
  segments.forEach(({ start, end, decoded }, index) => {
    const lead = edge(bytes, start - AROUND, from);
    const tail = edge(bytes, from + AROUND, from);
    const apart = index > 0 && lead > tail;
    if (apart) {
      copy(from, tail);
      runs.push({ bytes: GAP, start: lead, end: lead });
    }
    copy(index > 0 && !apart ? from : lead, start);
    runs.push({ bytes: Buffer.from(decoded, 'utf8'), start, end, decoded });
    from = end;
  });
  copy(from, edge(bytes, Math.min(bytes.length, from + AROUND), from));
  return runs;
}

/** A run of the decoded text: where it stands there, and where it was (string indices both). */
interface Piece extends Span {
  readonly was: Span;
  readonly decoded: boolean;
}

function piecesOf(runs: readonly Run[], bytes: Buffer, ascii: boolean): Piece[] {
  const indexOf = ascii ? (offset: number) => offset : indexer(bytes);
  let at = 0;
  return runs.map(({ start, end, decoded, bytes: own }): Piece => {
    const was = { start: indexOf(start), end: indexOf(end) };
    const length = own === GAP ? GAP.length : (decoded?.length ?? was.end - was.start);
    at += length;
    return { start: at - length, end: at, was, decoded: decoded !== undefined };
  });
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
