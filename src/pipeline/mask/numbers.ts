import { type Gap, OPEN, type Pattern, Unit } from './pattern.ts';

/* Bytes printed as numbers: by `xxd`, `od -tx1`, `hexdump -C`, openssl (`73:65`), as arrays of a program (`0x73, 0x65`). */

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');
const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const HEX_UNITS = BYTES.map((byte) => {
  const text = hex(byte);
  const [high = '', low = ''] = text;
  return new Unit([text, text.toUpperCase(), high + low.toUpperCase(), high.toUpperCase() + low]);
});
const DECIMAL_UNITS = BYTES.map((byte) => new Unit([String(byte)]));

export const hexPattern = (value: Buffer): Pattern => ({
  units: [...value].map((byte) => HEX_UNITS[byte] as Unit),
  gap: HEX_GAP,
  widen: widenDump,
});

/** `[115,101,99]`: how JSON shows a byte array. Two short numbers make no match. */
export const decimalPattern = (value: Buffer): Pattern => ({
  units: [...value].map((byte) => DECIMAL_UNITS[byte] as Unit),
  gap: DECIMAL_GAP,
});

const LINE_FEED = 10;
const isSeparator = table(' \t:,-_\r\n"\'');
const isListSeparator = table(' \t,;\r\n');
const MAX_SEPARATORS = 12;

function table(characters: string): Uint8Array {
  const flags = new Uint8Array(256);
  for (const character of characters) flags[character.charCodeAt(0)] = 1;
  return flags;
}

function run(text: Buffer, at: number, flags: Uint8Array, most: number): number {
  let end = at;
  while (end < text.length && end - at < most && flags[text[end] as number] === 1) end += 1;
  return end;
}

const DECIMAL_GAP: Gap = {
  forms: [',', ', ', ' ', '\n', ',\n', ',\n '],
  required: true,
  skip(text, at, ends) {
    const end = run(text, at, isListSeparator, MAX_SEPARATORS);
    if (end > at) ends.push(end);
    return end === text.length;
  },
};

const HEX_GAP: Gap = {
  forms: [' ', '  ', ':', '-', ',', ', ', '\n', '\r\n', ' 0x', ',0x', ', 0x', '0x', ' \\', ':\n', ' \n', '\n0'],
  skip(text, at, ends) {
    const end = run(text, at, isSeparator, MAX_SEPARATORS);
    if (end > at) ends.push(end);
    const prefix = text[end] === ZERO || text[end] === BACKSLASH;
    if (prefix && ((text[end + 1] ?? 0) | 32) === LETTER_X) ends.push(end + 2);
    const open = end === text.length || (prefix && end + 1 === text.length);
    return nextDumpLine(text, at, ends) || open;
  },
};

const [ZERO, BACKSLASH, LETTER_X, SPACE, COLON] = [48, 92, 120, 32, 58];
/** The longest column of characters behind the numbers of a line, with what frames it. */
const MAX_COLUMN = 100;
const MAX_OFFSET = 16;
const isHexDigit = table('0123456789abcdefABCDEF');
const isSpace = table(' ');

/** Past the column of characters and the offset at the start of the next line of a dump. True where the text ends before. */
function nextDumpLine(text: Buffer, at: number, ends: number[]): boolean {
  const column = text[at] === SPACE && text[at + 1] === SPACE;
  if (!column && text[at] !== LINE_FEED && text[at] !== SPACE) return false;
  const feed = column ? lineFeed(text, at) : text.indexOf(LINE_FEED, at) - at <= 1 ? text.indexOf(LINE_FEED, at) : -1;
  if (feed === OPEN) return true;
  if (feed < 0) return false;
  const offset = run(text, feed + 1, isHexDigit, MAX_OFFSET);
  if (offset === text.length) return true;
  if (offset - feed - 1 < 4) return false;
  const colon = text[offset] === COLON ? offset + 1 : offset;
  const end = run(text, colon, isSpace, 3);
  if (end > colon) ends.push(end);
  return end === text.length;
}

function lineFeed(text: Buffer, at: number): number {
  const feed = text.subarray(at, at + MAX_COLUMN).indexOf(LINE_FEED);
  if (feed !== -1) return at + feed;
  return text.length - at < MAX_COLUMN ? OPEN : -1;
}

/** A match over several lines of a dump: the column of characters of its last line shows the end of the value once more. */
function widenDump(text: Buffer, span: { start: number; end: number }): typeof OPEN | undefined {
  const feed = text.subarray(span.start, span.end).indexOf(LINE_FEED);
  if (feed === -1) return undefined;
  const end = lineFeed(text, span.end);
  if (end !== -1) span.end = end === OPEN ? text.length : end;
  return end === OPEN ? OPEN : undefined;
}
