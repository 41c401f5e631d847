import { isAscii } from 'node:buffer';
import { kindOf, LOWER, UPPER } from './characters.ts';
import { mayHoldSecret } from './detect.ts';
import { mayBeWord } from './name.ts';
import { SECRET_WORDS } from './words.ts';

/** How far before and behind a keyword the detector looks, and some more. */
const BEFORE = 128;
const BEHIND = 1_024;
/** Windows made of one text; who needs more may as well read all of it. */
const MOST_WINDOWS = 64;

/**
 * Tells by bytes (UTF-8) whether the generic detector could find something where a keyword stands, so that few texts
 * have to become strings. Never says no where there is something.
 */
export class Glance {
  #text: Uint8Array | undefined;
  #left = 0;

  at(bytes: Uint8Array, at: number, keyword: string): boolean {
    if (!mayBeSecretWord(bytes, at, keyword)) return false;
    if (bytes !== this.#text) {
      this.#text = bytes;
      this.#left = MOST_WINDOWS;
    }
    if (this.#left === 0) return true;
    this.#left -= 1;
    const from = Math.max(0, at - BEFORE);
    const window = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(at + BEHIND, bytes.length) - from);
    return !isAscii(window) || mayHoldSecret(window.toString('latin1'), at - from, keyword);
  }
}

const LONGEST_TAIL = Math.max(...Array.from(SECRET_WORDS.keys(), (word) => word.length));

/** Is the word around this place, to where its letters change their kind, one that names a secret? */
export function mayBeSecretWord(bytes: Uint8Array, at: number, keyword: string): boolean {
  const code = (place: number): number => bytes[place] ?? Number.NaN;
  const begin = at + keyword.length;
  const kind = kindOf(code(begin - 1));
  if (!mayBeWord(code(at - 1), code(at), code(begin - 1), code(begin), keyword)) return false;
  let end = begin;
  while (end - begin <= LONGEST_TAIL && kindOf(code(end)) === kind) end++;
  // In `TOKENSize` the last capital begins the next word.
  if (end > begin && kind === UPPER && kindOf(code(end)) === LOWER) end -= 1;
  if (end === begin) return true;
  return end - begin <= LONGEST_TAIL && SECRET_WORDS.has(keyword + lowerCase(bytes, begin, end));
}

function lowerCase(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at++) text += String.fromCharCode((bytes[at] as number) | 32);
  return text;
}
