import { Glance } from '../generic/glance.ts';
import type { AnchorLiteral, Rule } from '../rule.ts';

/** Whether a rule can match where one of its literals stands, by a few bytes: most places are left without a string. */
export type PlaceGuard = (bytes: Uint8Array, at: number) => boolean;

/** `undefined`: nothing is known that the regex would not find out as fast. */
export function guardOf({ detector }: Rule, literal: AnchorLiteral): PlaceGuard | undefined {
  if (detector === 'generic') return (bytes, at) => glance.at(bytes, at, literal.text);
  const { text, cases, after } = literal;
  const isCase = cases === undefined ? undefined : caseGuard(text, cases);
  const follows = after === undefined ? undefined : followGuard(text.length, after.of, after.count);
  if (isCase === undefined || follows === undefined) return isCase ?? follows;
  return (bytes, at) => isCase(bytes, at) && follows(bytes, at);
}

const glance = new Glance();

const CASE_BIT = 32;

/** The literal is known to stand there in some case. */
function caseGuard(text: string, cases: string): PlaceGuard {
  const capital = Uint8Array.from(cases, (each) => (each === 'U' ? 0 : CASE_BIT));
  const places = Uint8Array.from(Array.from(text, (_, at) => at).filter((at) => cases[at] !== '*'));
  return (bytes, at) => {
    for (const place of places) if (((bytes[at + place] as number) & CASE_BIT) !== capital[place]) return false;
    return true;
  };
}

const tables = new Map<string, Uint8Array>();

/** What is not ASCII is left to the regex: a byte does not tell which character it is of. */
function followGuard(length: number, of: string, count: number): PlaceGuard {
  const allowed = tables.get(of) ?? tableOf(of);
  tables.set(of, allowed);
  return (bytes, at) => {
    for (let place = at + length; place < at + length + count; place++) {
      const byte = bytes[place];
      if (byte === undefined) return false;
      if (byte > 127) return true;
      if (allowed[byte] === 0) return false;
    }
    return true;
  };
}

function tableOf(of: string): Uint8Array {
  const one = new RegExp(`^${of}$`, 'u');
  return Uint8Array.from({ length: 128 }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0));
}
