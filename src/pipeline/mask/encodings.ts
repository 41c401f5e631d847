import { base64Patterns, sureBase64 } from './base64.ts';
import { escapesOf } from './escapes.ts';
import { decimalPattern, hexPattern } from './numbers.ts';
import { type Pattern, Unit } from './pattern.ts';
import { reversedPattern, spacedPattern } from './tricks.ts';

/** A longer value is looked for in pieces, so that little is held back and read again. Characters. */
const PIECE = 4_096;

/** Base64 of base64 is looked for up to here, where no encoder breaks its lines within. Bytes. */
const MAX_TWICE = 512;

/** The pieces of a value, each long enough to be found. */
export function piecesOf(value: string): string[] {
  if (value.length <= 2 * PIECE) return [value];
  const pieces: string[] = [];
  for (let from = 0; from < value.length; ) {
    const isLast = value.length - from < 2 * PIECE;
    let to = isLast ? value.length : from + PIECE;
    // Not between the halves of a character.
    if (!isLast && value.codePointAt(to - 1) !== value.charCodeAt(to - 1)) to += 1;
    pieces.push(value.slice(from, to));
    from = to;
  }
  return pieces;
}

/** A value in every family of encodings. */
export function patternsOf(value: string): Pattern[] {
  const bytes = Buffer.from(value, 'utf8');
  const wide = Buffer.from(value, 'utf16le');
  return [
    { units: [...value].map((character) => escapesOf(character.codePointAt(0) as number)) },
    widePattern(wide),
    hexPattern(bytes),
    decimalPattern(bytes),
    ...base64Patterns(bytes),
    // What PowerShell takes as an encoded command.
    ...base64Patterns(wide),
    spacedPattern(value),
    reversedPattern(value),
    ...(bytes.length > MAX_TWICE ? [] : sureBase64(bytes).flatMap((text) => base64Patterns(Buffer.from(text)))),
  ];
}

/** UTF-16 in either byte order: between two characters of ASCII stands one zero in both. */
function widePattern(wide: Buffer): Pattern {
  const units: Unit[] = [];
  for (let at = 0; at < wide.length; at += 2) {
    const form = wide.subarray(at, at + 2);
    units.push(new Unit(at + 2 === wide.length ? [form, form.subarray(0, 1)] : [form]));
  }
  return { units };
}
