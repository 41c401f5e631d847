/** What a character code is to the detector. Everything past ASCII is `OTHER`. */
export const OTHER = 0;
export const LOWER = 1;
export const UPPER = 2;
export const DIGIT = 3;
/** `_`, `-`, `.`: joins the words of an identifier. */
export const JOINER = 4;

const KINDS = new Uint8Array(128);
for (let code = 97; code <= 122; code++) KINDS[code] = LOWER;
for (let code = 65; code <= 90; code++) KINDS[code] = UPPER;
for (let code = 48; code <= 57; code++) KINDS[code] = DIGIT;
for (const joiner of '_-.') KINDS[joiner.charCodeAt(0)] = JOINER;

/** The kind of a character code; `OTHER` for NaN, which is what reading past the end gives. */
export const kindOf = (code: number): number => (code < 128 ? (KINDS[code] as number) : OTHER);

export const isSpace = (code: number): boolean => code === 32 || code === 9;
export const isBreak = (code: number): boolean => code === 10 || code === 13;
export const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96;
