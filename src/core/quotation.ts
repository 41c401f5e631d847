import { maskText, type Span } from './secret.ts';

/** No word of a language is so long and holds a digit; most credentials do both. */
const KEY_LIKE = /(?=[\w+=~-]*\d)(?=[\w+=~-]*[A-Za-z])[\w+=~-]{16,}|[\w+=~-]{32,}/g;

/**
 * A message that may quote what a file holds (an unknown key, a word of an expression, the line a parser stumbled over),
 * fit to be shown: whatever looks like a credential is masked, for people put those in configuration by mistake.
 * `typed` holds what the user wrote on the command line, which may be repeated.
 *
 * ```ts
 * withoutKeys('unknown key `ghx_0123456789abcdefghij`', []) // => 'unknown key `ghx_********`'
 * ```
 */
export function withoutKeys(message: string, typed: readonly string[]): string {
  const spans = [...message.matchAll(KEY_LIKE)]
    .filter(([word]) => !typed.some((argument) => argument.includes(word)))
    .map(({ index, 0: word }): Span => ({ start: index, end: index + word.length }));
  return maskText(message, spans);
}
