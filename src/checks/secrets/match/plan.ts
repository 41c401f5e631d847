import type { GoRegex } from '../regex/regex.ts';
import type { MatchPlan } from '../rule.ts';

/** Decides where a regex has to be tried. */
export function planOf(_regex: GoRegex | undefined): MatchPlan {
  return { kind: 'everywhere' };
}
