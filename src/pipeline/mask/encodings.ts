import { base64Patterns } from './base64.ts';
import { escapesOf } from './escapes.ts';
import { decimalPattern, hexPattern } from './numbers.ts';
import { type Pattern, Unit } from './pattern.ts';

/** Longer than this a value is not looked for as a whole, only its lines. Characters. */
export const MAX_WHOLE = 64 * 1024;

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
