import { withoutKeys } from '#core/quotation.ts';

const LONG_WORD = /[\w+=~-]{16,}/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `wheels-linux-x86_64` is long and holds digits, but is put together of words; a credential has a piece that is none. */
const isName = (word: string): boolean =>
  !UUID.test(word) &&
  word
    .split(/[-_]/)
    .every((piece) => piece.length < 16 || (piece.length < 32 && !(/\d/.test(piece) && /[A-Za-z]/.test(piece))));

/**
 * Text of a workflow, fit to be shown: what looks like a credential is masked, since people paste those; names of jobs and
 * artifacts stay.
 *
 * ```ts
 * shown('wheels-linux-x86_64') // => 'wheels-linux-x86_64'
 * shown('curl -H ghx_0123456789abcdefghij') // => 'curl -H ghx_********'
 * ```
 */
export function shown(text: string): string {
  const short = text.length > MOST ? `${text.slice(0, lastWord(text))}…` : text;
  return withoutKeys(short, (short.match(LONG_WORD) ?? []).filter(isName));
}

/** Nobody reads a longer name, and a plan may hold one for each of a thousand jobs. */
const MOST = 1_000;

/** Where the word begins that the end falls into: half of a credential is one still. */
function lastWord(text: string): number {
  let end = MOST;
  while (end > 0 && /[\w+=~-]/.test(text[end - 1] as string)) end -= 1;
  return end;
}
