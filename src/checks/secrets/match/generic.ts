import type { Span } from '#core/secret.ts';
import type { Confidence } from '#core/severity.ts';

/** What the generic detector says about one place. Spans are indices into the text it was given. */
export interface GenericMatch {
  /** From the name to the end of the value. */
  readonly match: Span;
  readonly secret: Span;
  readonly confidence: Confidence;
  /** Fixed statements of ours that speak for it: "the name says password". Never scanned text. */
  readonly reasons: readonly string[];
}

/**
 * Weighs one place where a keyword of the rule stands: `at` is its index in `text`, `keyword` the lower-case word. Looks
 * only at the lines around it, so its time does not depend on the length of the text. `undefined`: nothing here.
 */
export type GenericDetector = (text: string, at: number, keyword: string) => GenericMatch | undefined;
