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
export const shown = (text: string): string => withoutKeys(text, (text.match(LONG_WORD) ?? []).filter(isName));
