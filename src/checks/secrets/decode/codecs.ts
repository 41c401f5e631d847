/** Encodings that hide a secret from a reader but not from a machine, and how strongly each claims a text it fits. */
export type Encoding = 'percent' | 'unicode' | 'hex' | 'base64';

export const PRECEDENCE: Readonly<Record<Encoding, number>> = { percent: 4, unicode: 3, hex: 2, base64: 1 };

/** The values of hexadecimal digits, -1 for any other byte. */
export const HEX: Int8Array = hexValues();
/** The values of the digits of both alphabets of base64, 0 for any other byte. */
export const BASE64: Uint8Array = base64Values();

/** The value of a hexadecimal digit, -1 for any other byte. */
export const hexValue = (byte: number | undefined): number => (byte === undefined ? -1 : (HEX[byte] as number));

/** What text can hold: printable ASCII and its white space (as gitleaks draws the line, from tab to `~`). */
const isText = (byte: number): boolean => byte > 8 && byte < 127;

/**
 * Decodes the part `start <= i < end` of the bytes. `undefined` when it does not decode, or not to text: then it was a
 * hash, a key or an identifier, and there is nothing in it to read.
 */
export function decodePart(encoding: Encoding, bytes: Uint8Array, start: number, end: number): string | undefined {
  switch (encoding) {
    case 'percent':
      return decodePercent(bytes, start, end);
    case 'unicode':
      return decodeUnicode(bytes, start, end);
    case 'hex':
      return decodeHex(bytes, start, end);
    case 'base64':
      return decodeBase64(bytes, start, end);
  }
}

function decodePercent(bytes: Uint8Array, start: number, end: number): string | undefined {
  // A line of a bundle can hold one escape of text and one of bytes, far apart: look at escapes before copying anything.
  for (let at = bytes.indexOf(37, start); at !== -1 && at + 2 < end; at = bytes.indexOf(37, at + 1)) {
    const code = pairAt(bytes, at + 1);
    if (code !== -1 && !isText(code)) return undefined;
  }
  const out = Buffer.allocUnsafe(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    const code = bytes[at] === 37 && at + 2 < end ? pairAt(bytes, at + 1) : -1;
    out[length++] = code === -1 ? (bytes[at] as number) : code;
    if (code !== -1) at += 2;
  }
  return out.toString('utf8', 0, length);
}

function decodeHex(bytes: Uint8Array, start: number, end: number): string | undefined {
  if ((end - start) % 2 !== 0 || !holds(bytes, start, end, isDigit)) return undefined;
  let text = '';
  for (let at = start; at < end; at += 2) {
    const code = pairAt(bytes, at);
    if (!isText(code)) return undefined;
    text += String.fromCharCode(code);
  }
  return text;
}

const pairAt = (bytes: Uint8Array, at: number): number => {
  const high = hexValue(bytes[at]);
  const low = hexValue(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
};

/** Whether the first four base64 characters give text: nearly all words, paths and hashes fail here, at once. */
export function looksLikeText(bytes: Uint8Array, at: number): boolean {
  const value =
    ((BASE64[bytes[at] as number] as number) << 18) |
    ((BASE64[bytes[at + 1] as number] as number) << 12) |
    ((BASE64[bytes[at + 2] as number] as number) << 6) |
    (BASE64[bytes[at + 3] as number] as number);
  return isText(value >> 16) && isText((value >> 8) & 0xff) && isText(value & 0xff);
}

/** Either the padded standard alphabet or the unpadded URL-safe one (RFC 4648 sections 4 and 5). */
function decodeBase64(bytes: Uint8Array, start: number, end: number): string | undefined {
  let stop = end;
  while (stop > start && bytes[stop - 1] === 61) stop -= 1;
  const length = stop - start;
  const padded = (length + end - stop) % 4 === 0 && length % 4 !== 1;
  if (!(padded || (end === stop && length % 4 !== 1))) return undefined;
  let text = '';
  let bits = 0;
  let value = 0;
  let special = false;
  for (let at = start; at < stop; at++) {
    const byte = bytes[at] as number;
    value = ((value << 6) | (BASE64[byte] as number)) & 0xffffff;
    special ||= byte < 58 || byte === 95;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    const code = (value >> bits) & 0xff;
    if (!isText(code)) return undefined;
    text += String.fromCharCode(code);
  }
  return special && oneAlphabet(bytes, start, stop, padded, end > stop) ? text : undefined;
}

function oneAlphabet(bytes: Uint8Array, start: number, end: number, padded: boolean, pad: boolean): boolean {
  const standard = padded && !holds(bytes, start, end, (byte) => byte === 45 || byte === 95);
  return standard || (!pad && !holds(bytes, start, end, (byte) => byte === 43 || byte === 47));
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

function holds(bytes: Uint8Array, start: number, end: number, is: (byte: number) => boolean): boolean {
  for (let at = start; at < end; at++) if (is(bytes[at] as number)) return true;
  return false;
}

const SMALL_U = 117;
const PLUS = 43;
/** Characters of one run of escapes that are decoded. */
const MOST_POINTS = 10_000;

function decodeUnicode(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let at = start; at + 4 < end && text.length < MOST_POINTS; at++) {
    if (((bytes[at] as number) | 32) !== SMALL_U) continue;
    const digits = bytes[at + 1] === PLUS ? at + 2 : at + 1;
    const [high, low] = [pairAt(bytes, digits), pairAt(bytes, digits + 2)];
    if (high === -1 || low === -1 || digits + 4 > end) continue;
    text += String.fromCharCode(high * 256 + low);
    at = digits + 3;
  }
  return text === '' ? undefined : text;
}

function hexValues(): Int8Array {
  const table = new Int8Array(256).fill(-1);
  for (let digit = 0; digit < 16; digit++) {
    table[digit.toString(16).charCodeAt(0)] = digit;
    table[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
  }
  return table;
}

function base64Values(): Uint8Array {
  const table = new Uint8Array(256);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let value = 0; value < digits.length; value++) table[digits.charCodeAt(value)] = value;
  table[45] = 62;
  table[95] = 63;
  return table;
}
