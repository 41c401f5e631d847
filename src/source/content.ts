import { isUtf8 } from 'node:buffer';
import type { Artifact } from '#core/artifact.ts';
import { Text } from '#core/text.ts';

/** How many bytes from the start decide whether content is text; git looks at as many. */
export const HEAD_BYTES = 8000;

/** Control characters at most, of a hundred bytes, in text of an unknown 8-bit encoding. */
const CONTROLS_PER_HUNDRED = 2;

const NUL = 0;
const BYTE_ORDER_MARK = 0xfeff;

type Encoding = NonNullable<Artifact['encoding']>;

export interface Recognised {
  /** `undefined`: binary. */
  readonly text: Text | undefined;
  /** Set where the bytes were not UTF-8, so that `text.bytes` are a transcription. */
  readonly encoding?: Encoding;
}

const BINARY: Recognised = { text: undefined };

/**
 * Tells text from binary content and brings it to UTF-8: UTF-8 as it is (without its byte order mark), UTF-16 with or
 * without a mark, and for the rest without NUL bytes windows-1252, which has a character for nearly every byte.
 *
 * Binary is what has a NUL among its first {@link HEAD_BYTES} bytes and is not UTF-16, or what is not UTF-8 and full of
 * control characters. `text.bytes` may share memory with `bytes`.
 */
export function recognise(bytes: Buffer): Recognised {
  const marked = markedUtf16(bytes);
  if (marked !== undefined) return transcribed(bytes.subarray(2), marked) ?? BINARY;
  const head = bytes.length > HEAD_BYTES ? bytes.subarray(0, HEAD_BYTES) : bytes;
  if (head.includes(NUL)) {
    const guessed = guessUtf16(head);
    return (guessed !== undefined && transcribed(bytes, guessed)) || BINARY;
  }
  if (isUtf8(bytes)) return { text: new Text(hasUtf8Mark(bytes) ? bytes.subarray(3) : bytes) };
  if (isMostlyControls(head)) return BINARY;
  return { text: new Text(Buffer.from(fromWindows1252(bytes), 'utf8')), encoding: 'windows-1252' };
}

/** Whether content that starts like this is binary; for what is too large to be read whole. */
export const isBinaryHead = (head: Buffer): boolean => {
  if (markedUtf16(head) !== undefined) return false;
  if (head.includes(NUL)) return guessUtf16(head) === undefined;
  return !isUtf8(head) && isMostlyControls(head);
};

const hasUtf8Mark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

function markedUtf16(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes.length < 2) return undefined;
  if (bytes.readUInt16BE(0) === BYTE_ORDER_MARK) return 'utf-16be';
  // FF FE 00 00 would be UTF-32, which nobody writes; as UTF-16 it starts with a NUL and is refused below.
  return bytes.readUInt16LE(0) === BYTE_ORDER_MARK ? 'utf-16le' : undefined;
}

/** Source text in UTF-16 is mostly ASCII, so every second byte is zero, and no character is U+0000. */
function guessUtf16(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const units = head.length >> 1;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let at = 0; at + 1 < head.length; at += 2) {
    const even = head[at] === NUL;
    const odd = head[at + 1] === NUL;
    if (even && odd) return undefined;
    if (even) evenZeros += 1;
    if (odd) oddZeros += 1;
  }
  if (units < 2) return undefined;
  if (oddZeros * 2 > units && evenZeros * 50 <= units) return 'utf-16le';
  return evenZeros * 2 > units && oddZeros * 50 <= units ? 'utf-16be' : undefined;
}

/** `undefined` where the bytes cannot be text in this encoding: NUL characters or half of a surrogate pair. */
function transcribed(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): Recognised | undefined {
  const whole = bytes.subarray(0, bytes.length & ~1);
  const string = (encoding === 'utf-16be' ? Buffer.from(whole).swap16() : whole).toString('utf16le');
  if (!string.isWellFormed() || string.slice(0, HEAD_BYTES).includes('\0')) return undefined;
  return { text: new Text(Buffer.from(string, 'utf8')), encoding };
}

function isMostlyControls(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && (byte < 0x08 || byte > 0x0d) && byte !== 0x1b) controls += 1;
  return controls * 100 > head.length * CONTROLS_PER_HUNDRED;
}

/** Where windows-1252 differs from latin1: 0x80 to 0x9F (WHATWG Encoding, index windows-1252). */
const HIGH_CONTROLS =
  '\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F' +
  '\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178';

const fromWindows1252 = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[\x80-\x9f]/g, (each) => HIGH_CONTROLS.charAt(each.charCodeAt(0) - 0x80));
