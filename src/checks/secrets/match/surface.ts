import type { Span } from '#core/secret.ts';
import type { Surface } from './detection.ts';

/** The text itself, before any decoding. */
export function plainSurface(string: string): Surface {
  return { string, depth: 0, origin: (span) => span, line: (span) => linesOf(string, span) };
}

/** The lines a span touches, without the last line break. */
export function linesOf(string: string, { start, end }: Span): string {
  const from = start === 0 ? 0 : string.lastIndexOf('\n', start - 1) + 1;
  const to = string.indexOf('\n', end);
  return string.slice(from, to === -1 ? undefined : to);
}
