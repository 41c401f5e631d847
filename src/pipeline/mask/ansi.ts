const ESCAPE = 0x1b;
const BRACKET = 0x5b;
const MAX_SEQUENCE = 40;

/** A text without the sequences that colour it, and the way back. */
export interface Uncoloured {
  readonly text: Buffer;
  /** The place in the coloured text of a byte of the uncoloured one. */
  origin(index: number): number;
  /** Where the sequences stand in the coloured text. */
  readonly sequences: readonly { readonly start: number; readonly end: number }[];
}

/**
 * Colours may start or end within a value (`grep --color` does that), so the text is looked at without them too. Nothing
 * but CSI sequences is taken out (ECMA-48, 5.4): others have a payload of their own. `undefined` where there are none.
 */
export function uncoloured(text: Buffer): Uncoloured | undefined {
  let next = text.indexOf(ESCAPE);
  if (next === -1) return undefined;
  const bare = Buffer.allocUnsafe(text.length);
  /** Where each piece starts, in the uncoloured and in the coloured text. */
  const starts: number[] = [];
  const origins: number[] = [];
  const sequences: { start: number; end: number }[] = [];
  let [from, length] = [0, 0];
  const keep = (to: number): void => {
    if (to <= from) return;
    text.copy(bare, length, from, to);
    starts.push(length);
    origins.push(from);
    length += to - from;
  };
  for (; next !== -1; next = text.indexOf(ESCAPE, next)) {
    const end = endOfSequence(text, next);
    if (end === next) {
      next += 1;
      continue;
    }
    keep(next);
    sequences.push({ start: next, end });
    from = end;
    next = end;
  }
  if (sequences.length === 0) return undefined;
  keep(text.length);
  const origin = (index: number): number => {
    const piece = lastAtMost(starts, index);
    return (origins[piece] ?? 0) + index - (starts[piece] ?? 0);
  };
  return { text: bare.subarray(0, length), origin, sequences };
}

/** The sequences within a part of a text, in their order. */
export function coloursOf(text: Buffer): Buffer {
  const found: Buffer[] = [];
  for (let at = text.indexOf(ESCAPE); at !== -1; at = text.indexOf(ESCAPE, at)) {
    const end = endOfSequence(text, at);
    if (end > at) found.push(text.subarray(at, end));
    at = Math.max(end, at + 1);
  }
  return Buffer.concat(found);
}

/** Where the sequence ends that starts here; the start itself where there is none; the end of the text for one cut off. */
function endOfSequence(text: Buffer, start: number): number {
  if (start + 1 === text.length) return text.length;
  if (text[start + 1] !== BRACKET) return start;
  const most = Math.min(text.length, start + MAX_SEQUENCE);
  for (let at = start + 2; at < most; at += 1) {
    const byte = text[at] as number;
    if (byte >= 0x40 && byte <= 0x7e) return at + 1;
    if (byte < 0x20 || byte > 0x7e) return start;
  }
  return most === text.length ? most : start;
}

function lastAtMost(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] as number) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
