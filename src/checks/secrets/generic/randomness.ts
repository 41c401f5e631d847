import { bigramBits } from './bigrams.ts';
import { DIGIT, JOINER, kindOf, LOWER, OTHER, UPPER } from './characters.ts';

/*
 * Two writers are compared: one who types words, numbers and separators as people and programmers do, and one who draws
 * each character from an alphabet by lot. For each the text has a cost in bits (minus the logarithm of its probability).
 * The difference is the evidence, in bits, that the text was drawn: a Bayesian likelihood ratio. It grows with length,
 * so that a short value needs more than looks.
 */

/**
 * Bits by which chance explains `value` better than a writer of words does. Negative: it reads like words. A prefix that
 * a provider puts before a token counts neither way: the most telling part between separators speaks for the whole.
 */
export function evidenceOfChance(value: string): number {
  let evidence = evidenceOfPart(value);
  let start = 0;
  for (let at = 0; at <= value.length; at++) {
    if (at < value.length && !isSeparator(value.charCodeAt(at))) continue;
    if (start > 0 || at < value.length) evidence = Math.max(evidence, evidenceOfPart(value.slice(start, at)));
    start = at + 1;
  }
  return evidence;
}

const isSeparator = (code: number): boolean => kindOf(code) === JOINER || code === 58;

const evidenceOfPart = (part: string): number => (part.length < 8 ? -8 : writtenBits(part) - drawnBits(part));

/** The cost for the writer of words: letters follow letters as in words, and every change of kind is paid for. */
function writtenBits(value: string): number {
  let bits = 0;
  let before = OTHER;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const kind = kindOf(code);
    if (kind === LOWER || kind === UPPER) bits += letterBits(value, at, code, kind, before);
    else if (kind === DIGIT) bits += before === DIGIT ? 3 : before === JOINER ? 4.5 : 8;
    else bits += kind === JOINER ? 3 : USUAL.has(code) ? 5.5 : 8;
    before = kind;
  }
  return bits;
}

/** Signs that stand between words in addresses, pairs and Base64. */
const USUAL: ReadonlySet<number> = new Set([...'/:=+'].map((sign) => sign.charCodeAt(0)));

function letterBits(value: string, at: number, code: number, kind: number, before: number): number {
  const previous = value.charCodeAt(at - 1);
  if (before !== LOWER && before !== UPPER) return before === DIGIT ? 8.5 : 4.2;
  const surprise = bigramBits((previous | 32) - 97, (code | 32) - 97);
  if (before === kind) return surprise + 0.2;
  // A capital begins a word (camelCase); a small letter after a capital goes on with one, unless capitals stood before.
  if (kind === UPPER) return 8.5;
  return kindOf(value.charCodeAt(at - 2)) === UPPER ? surprise + 4.5 : surprise + 0.2;
}

/** The cost for the drawer: the logarithm of the smallest usual alphabet the value fits into, for each character. */
function drawnBits(value: string): number {
  let lower = false;
  let upper = false;
  let digit = false;
  let pastHex = false;
  let pastBase32 = false;
  let others = 0;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    const kind = kindOf(code);
    if (kind === LOWER) lower = true;
    else if (kind === UPPER) upper = true;
    else if (kind === DIGIT) digit = true;
    else others++;
    if (kind === LOWER || kind === UPPER) pastHex ||= (code | 32) > 102;
    else if (kind === DIGIT) pastBase32 ||= code < 50 || code > 55;
  }
  const letters = (lower ? 26 : 0) + (upper ? 26 : 0);
  let alphabet = letters + (digit ? 10 : 0);
  if (!pastHex && digit && !(lower && upper)) alphabet = 16;
  else if (upper && !lower && digit && !pastBase32) alphabet = 32;
  // A drawn value has few separators; each is paid for like a character of Base64 or of a password.
  return (value.length - others) * Math.log2(Math.max(alphabet, 2)) + others * 6;
}

/** How many different characters there are. */
export function distinctCharacters(value: string): number {
  const seen = [0, 0, 0, 0];
  let count = 0;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code > 127) return new Set(value).size;
    const [word, bit] = [code >> 5, 1 << (code & 31)];
    if (((seen[word] as number) & bit) !== 0) continue;
    seen[word] = (seen[word] as number) | bit;
    count += 1;
  }
  return count;
}
