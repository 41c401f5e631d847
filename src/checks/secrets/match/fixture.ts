import type { Text } from '#core/text.ts';
import type { RuleSet } from '../rule.ts';
import type { Detection } from './detection.ts';
import type { Detector } from './detector.ts';
import { detectPlainly } from './reference.ts';
import { plainSurface } from './surface.ts';

const line = ({ rule, match, secret }: Detection): string =>
  `${rule.id} ${match.start}–${match.end} ${secret.start}–${secret.end}`;

/** What the fast way and the plain way find in a text, as lines in one order. */
export function both(sets: readonly RuleSet[], detector: Detector, text: Text): [fast: string[], plain: string[]] {
  const surface = plainSurface(text.string);
  const input = { bytes: text.bytes, ascii: text.ascii, surface: () => surface };
  const fast = detector.detect(input, { start: 0, end: text.bytes.length, path: undefined });
  const withRegex = fast.filter(({ rule }) => rule.detector === undefined);
  return [withRegex.map(line).toSorted(), detectPlainly(sets, surface).map(line).toSorted()];
}
