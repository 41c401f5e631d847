import type { Span } from '#core/secret.ts';
import { DIGIT, JOINER, kindOf, LOWER, OTHER, UPPER } from './characters.ts';
import { ABOUT_AFTER, ABOUT_BEFORE, NEUTRAL_AFTER, qualifierStrength, RUN_PREFIXES, SECRET_WORDS } from './words.ts';

/** The identifier around a keyword, judged. */
export interface Name {
  readonly span: Span;
  /** 1 (often means something else) to 3 (a password, a secret, a private key). */
  readonly strength: number;
  /** The word that decided, in lower case: one of ours, so fit for a report. */
  readonly word: string;
}

const REACH = 64;

/**
 * The name that `keyword` (lower case, found at `at` whatever its case) is a word of, if that name says that it holds a
 * secret. Of several such words in one identifier the last decides, and a call for another one gives `undefined`, so that
 * `secret_key` is one place, not two.
 */
export function nameAt(text: string, at: number, keyword: string): Name | undefined {
  const { length } = keyword;
  const [first, last] = [text.charCodeAt(at), text.charCodeAt(at + length - 1)];
  if (!mayBeWord(text.charCodeAt(at - 1), first, last, text.charCodeAt(at + length), keyword)) return undefined;
  const end = identifierEnd(text, at);
  if (!mayBind(text.charCodeAt(end), text.charCodeAt(end + 1))) return undefined;
  const span = { start: identifierStart(text, at), end };
  const words = wordsOf(text.slice(span.start, span.end));
  let decisive = -1;
  for (let n = words.length - 1; n >= 0; n--) {
    if (secretWord(words[n]?.text ?? '') !== undefined) {
      decisive = n;
      break;
    }
  }
  const word = words[decisive];
  if (word === undefined || at < span.start + word.start || at >= span.start + word.end) return undefined;
  const strength = strengthOf(words, decisive);
  return strength === 0 ? undefined : { span, strength, word: secretWord(word.text) as string };
}

/**
 * Without looking further: can the letters around this place be a word of their own? Most places are left here. The codes
 * are of the character before the keyword, its own first and last, and the next.
 */
export function mayBeWord(previous: number, own: number, ownLast: number, next: number, keyword: string): boolean {
  const first = kindOf(own);
  const last = kindOf(ownLast);
  if (kindOf(next) === last && !GOES_ON[keyword]?.includes(String.fromCharCode(next | 32))) return false;
  const before = kindOf(previous);
  // A key by itself is a map's: only what it is a key to can make it a secret.
  if (before === OTHER) return keyword !== 'key';
  if (before !== first || (first === UPPER && last === LOWER)) return true;
  return RUN_ENDS.has(previous | 32);
}

/** The letters with which words that begin with a keyword go on: passw(ord), passp(hrase), auth(o)rization, keys. */
const GOES_ON: Readonly<Record<string, string>> = {
  pass: 'wpc',
  pwd: '',
  secret: 's',
  token: 's',
  key: 's',
  auth: 'o',
  cred: 'es',
};

/** Last letters of RUN_PREFIXES, where one lower-case run holds two words (`apikey`). */
const RUN_ENDS: ReadonlySet<number> = new Set([...RUN_PREFIXES].map((prefix) => prefix.charCodeAt(prefix.length - 1)));

function identifierStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < REACH && kindOf(text.charCodeAt(start - 1)) !== OTHER) start--;
  return start;
}

function identifierEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && end - at < REACH && kindOf(text.charCodeAt(end)) !== OTHER) end++;
  while (end > at && kindOf(text.charCodeAt(end - 1)) === JOINER) end--;
  return end;
}

/** Can a value follow the name at all? Most names in prose and code are followed by something else. */
function mayBind(code: number, next: number): boolean {
  if (code === 32 || code === 9) return BINDS_LATER.has(next) || kindOf(next) !== OTHER;
  return BINDS.has(code) || kindOf(code) === JOINER;
}

const codes = (characters: string): ReadonlySet<number> => new Set([...characters].map((char) => char.charCodeAt(0)));
const BINDS = codes('=:"\'`\\]>(?+|!,');
const BINDS_LATER = codes('=:?+|!,\'"`(\\ \t');

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Splits snake, kebab, dotted and camel case. `HTTPServerKey2` gives `http server key 2`. */
function wordsOf(identifier: string): Word[] {
  const words: Word[] = [];
  let start = 0;
  for (let at = 1; at <= identifier.length; at++) {
    if (at < identifier.length && !isBoundary(identifier, at)) continue;
    if (kindOf(identifier.charCodeAt(start)) !== JOINER)
      words.push({ text: identifier.slice(start, at).toLowerCase(), start, end: at });
    start = at;
  }
  return words;
}

function isBoundary(identifier: string, at: number): boolean {
  const before = kindOf(identifier.charCodeAt(at - 1));
  const here = kindOf(identifier.charCodeAt(at));
  if (before === here) {
    if (here !== UPPER) return here === JOINER;
    return kindOf(identifier.charCodeAt(at + 1)) === LOWER;
  }
  return !(before === UPPER && here === LOWER);
}

/** The secret's word that this word is or ends with: `apikey` gives `key`. */
function secretWord(word: string): string | undefined {
  if (SECRET_WORDS.has(word)) return word;
  for (let from = 2; from < word.length - 2 && from <= 10; from++) {
    const tail = word.slice(from);
    if (SECRET_WORDS.has(tail) && RUN_PREFIXES.has(word.slice(0, from))) return tail;
  }
  return undefined;
}

function strengthOf(words: readonly Word[], decisive: number): number {
  const word = words[decisive]?.text ?? '';
  const tail = secretWord(word) as string;
  let strange = 0;
  for (let n = decisive + 1; n < words.length; n++) {
    const after = words[n]?.text ?? '';
    if (ABOUT_AFTER.has(after)) return 0;
    if (!NEUTRAL_AFTER.has(after) && kindOf(after.charCodeAt(0)) !== DIGIT) strange = 1;
  }
  for (let n = Math.max(0, decisive - 4); n < decisive; n++) if (ABOUT_BEFORE.has(words[n]?.text ?? '')) return 0;
  const own = SECRET_WORDS.get(tail) as number;
  const before = word === tail ? (words[decisive - 1]?.text ?? '') : word.slice(0, word.length - tail.length);
  const qualified = qualifierStrength(before);
  if (own === 0) return Math.max(0, qualified - strange);
  if (own === 1 && before === '' && tail !== 'pass') return 0;
  return Math.max(0, Math.min(3, qualified === 0 ? own : own + 1) - strange);
}
