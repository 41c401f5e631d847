import type { RuleSet } from '../rule.ts';
import { type Detection, judge, type SetRule, type Surface } from './detection.ts';
import { expression } from './expression.ts';

/** Every non-overlapping match of a rule's regex, leftmost first, as Go's `FindAllStringIndex` gives them. */
export function allMatches(source: string, string: string): [start: number, end: number][] {
  const regex = expression(source, 'gu');
  const found: [number, number][] = [];
  let last = -1;
  regex.lastIndex = 0;
  for (let match = regex.exec(string); match !== null; match = regex.exec(string)) {
    const end = match.index + match[0].length;
    // An empty match that touches the one before it does not count.
    if (end > match.index || match.index !== last) found.push([match.index, end]);
    if (end === match.index) regex.lastIndex = end + 1;
    last = end;
  }
  return found;
}

/** Whether one of a rule's keywords stands in a text; a rule without any is always tried. */
export function hasKeyword(keywords: readonly string[], lower: string): boolean {
  return keywords.length === 0 || keywords.some((keyword) => lower.includes(keyword));
}

/**
 * The plain way: each rule whose keyword is in the text runs its regex over all of it. Slow and obviously right; the
 * fast way is tested against it.
 */
export function detectPlainly(sets: readonly RuleSet[], surface: Surface): Detection[] {
  const lower = surface.string.toLowerCase();
  const rules: SetRule[] = sets.flatMap((set) => set.rules.map((rule) => ({ ...rule, set })));
  return rules.flatMap((rule) => {
    if (rule.regex === undefined || rule.skipReport || !hasKeyword(rule.keywords, lower)) return [];
    return allMatches(rule.regex, surface.string).flatMap(([start, end]) => judge(rule, surface, start, end) ?? []);
  });
}
