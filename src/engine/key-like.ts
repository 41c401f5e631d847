import type { Span } from '#core/secret.ts';

/** Letters and digits in one word, too long for a name that somebody chose. */
const WORD = /[A-Za-z0-9+=]{20,}/g;
/** With slashes it may be a path, unless it is as long as a line of base64 and as mixed. */
const LINE = /[A-Za-z0-9+/=]{40,}/g;
/** A run is followed so far out of the range that is shown. */
const MARGIN = 256;

/**
 * What looks like a credential in a range of a text, whether or not a check knows it: half a private key, a token written
 * in two pieces, an older one in a comment. Nobody needs to read it around a finding, and not all of it is found.
 */
export function keyLike(string: string, start: number, end: number): Span[] {
  const from = Math.max(0, start - MARGIN);
  const region = string.slice(from, end + MARGIN);
  const lines = [...region.matchAll(LINE)].filter(
    ([run]) => run.includes('/') && /[a-z]/.test(run) && /[A-Z]/.test(run),
  );
  const spans = [...region.matchAll(WORD), ...lines]
    .filter(([run]) => /\d/.test(run) && /[A-Za-z]/.test(run))
    .map(({ index, 0: run }) => ({ start: from + index, end: from + index + run.length }));
  return spans.filter((span) => span.start < end && span.end > start);
}
