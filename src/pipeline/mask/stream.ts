import { coloursOf, uncoloured } from './ansi.ts';
import type { Needles, Search } from './needles.ts';

/** One stream of output. Its pieces may be cut anywhere, also within a secret or a character. */
export interface MaskStream {
  /** What can be shown now. The rest is held back until it is clear that no secret starts in it. */
  write(chunk: Buffer): Buffer;
  /** The rest. The stream may be written to again afterwards. */
  end(): Buffer;
}

const MASK = Buffer.from('***');
const NOTHING = Buffer.alloc(0);

interface Covered {
  start: number;
  end: number;
  /** Whether all of it was found between colours only; these are then shown behind the mask. */
  coloured: boolean;
}

export function openStream(needles: Needles): MaskStream {
  /** What is held back, and how many bytes at its start belong to a secret whose mask is already out. */
  let held: Buffer = NOTHING;
  let covered = 0;
  const pass = (chunk: Buffer, final: boolean): Buffer => {
    const text = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const { spans, open } = find(needles, text, covered, final);
    const { shown, covered: beyond } = render(text, spans, open, covered > 0);
    held = open === text.length ? NOTHING : Buffer.from(text.subarray(open));
    covered = beyond;
    return shown;
  };
  return {
    write: (chunk) => (needles.empty && held.length === 0 ? chunk : pass(chunk, false)),
    end: () => pass(NOTHING, true),
  };
}

interface Found {
  readonly spans: Covered[];
  open: number;
}

function find(needles: Needles, text: Buffer, covered: number, final: boolean): Found {
  const found: Found = { spans: [], open: text.length };
  if (covered > 0) found.spans.push({ start: 0, end: covered, coloured: false });
  const bare = uncoloured(text);
  if (bare === undefined || needles.hasEscape) collect(found, needles.search(text, final));
  if (bare !== undefined) {
    const { matches, open } = needles.search(bare.text, final);
    for (const { start, end } of matches) {
      found.spans.push({ start: bare.origin(start), end: bare.origin(end - 1) + 1, coloured: true });
    }
    if (open < bare.text.length) found.open = Math.min(found.open, bare.origin(open));
    // A sequence can itself show a secret, as its numbers.
    for (const { start, end } of bare.sequences) {
      if (needles.mayStart(text, start, end)) collect(found, needles.search(text, final, start, end));
    }
  }
  return { spans: union(found.spans), open: found.open };
}

function collect(found: Found, { matches, open }: Search): void {
  for (const { start, end } of matches) found.spans.push({ start, end, coloured: false });
  found.open = Math.min(found.open, open);
}

/** Matches that overlap are one; matches that only touch are two, wherever the text was cut. */
function union(found: Covered[]): Covered[] {
  const spans: Covered[] = [];
  for (const span of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = spans.at(-1);
    if (last === undefined || span.start >= last.end) {
      spans.push({ ...span });
      continue;
    }
    last.coloured &&= span.coloured || span.end <= last.end;
    last.end = Math.max(last.end, span.end);
  }
  return spans;
}

interface Rendered {
  readonly shown: Buffer;
  readonly covered: number;
}

/** The text up to `open`; it `continues` where the mask of its first bytes is out already. A secret that starts before and ends behind it is masked here, and its rest is covered. */
function render(text: Buffer, spans: readonly Covered[], open: number, continues: boolean): Rendered {
  const pieces: Buffer[] = [];
  let from = 0;
  let covered = 0;
  for (const { start, end, coloured } of spans) {
    if (start >= open) {
      if (start === 0 && continues) covered = end;
      break;
    }
    if (start > from) pieces.push(text.subarray(from, start));
    if (start > 0 || !continues) pieces.push(MASK);
    if (coloured && end <= open) pieces.push(coloursOf(text.subarray(start, end)));
    from = Math.min(end, open);
    covered = Math.max(0, end - open);
  }
  if (open > from) pieces.push(text.subarray(from, open));
  return { shown: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces), covered };
}
