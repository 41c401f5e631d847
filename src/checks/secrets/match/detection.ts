import type { Span } from '#core/secret.ts';
import type { Confidence } from '#core/severity.ts';
import type { Allowlist, Rule, RuleSet } from '../rule.ts';
import { allowsEverythingAt, allowsPlace, type Judged, ruleOn } from './allow.ts';
import { shannonEntropy } from './entropy.ts';
import { expression, matches } from './expression.ts';

/** A rule as a detector holds it: with what holds for its whole set. */
export interface SetRule extends Rule {
  readonly set: RuleSet;
}

/** One place where a rule matched and nothing about the content lets it through. */
export interface Detection {
  readonly rule: SetRule;
  /** The whole match, in the text that was scanned. For a decoded value: what stood there in its encoded form. */
  readonly match: Span;
  /** The secret within the match. */
  readonly secret: Span;
  /** The secret itself, decoded where it was encoded. Never leaves the family but masked or hashed. */
  readonly value: string;
  /** The whole match itself, decoded where it was encoded. */
  readonly matched: string;
  /** How often the value was decoded; 0: it stands in the text as it is. */
  readonly depth: number;
  /** Allowlists whose content holds: they let it through if path and commit fit, too. */
  readonly pending: readonly Allowlist[];
  /** What the generic detector says of it; other rules have their own confidence and need no reasons. */
  readonly weighed?: Weighed;
}

export interface Weighed {
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
}

/** A text that rules are matched against: the artifact's, or what came out of decoding it. */
export interface Surface {
  readonly string: string;
  readonly depth: number;
  /** Where a span of this surface stands in the artifact; `undefined`: nothing in it is new since the last surface. */
  origin(span: Span): Span | undefined;
  /** The lines that hold a span. */
  line(span: Span): string;
}

/** A text as the detector needs it: bytes to dismiss it by, and a string only if something was found in them. */
export interface DetectorInput {
  readonly bytes: Buffer;
  /** Whether byte offsets are string indices. Asked only when something was found. */
  readonly ascii: boolean;
  readonly surface: () => Surface;
}

/**
 * What gitleaks does with a match: trims line breaks, takes the secret out of it by matching once more inside, and asks
 * entropy and allowlists. `undefined`: let through.
 */
export function judge(rule: SetRule, surface: Surface, start: number, end: number): Detection | undefined {
  const raw = surface.string.slice(start, end);
  const matched = trimNewlines(raw);
  const from = matched === raw ? start : start + leadingNewlines(raw);
  const inner = secretIn(rule, matched);
  const match = { start: from, end: from + matched.length };
  return weigh(rule, surface, match, { start: from + inner.start, end: from + inner.end });
}

/** Asks entropy and allowlists about a match whose secret is known. */
export function weigh(rule: SetRule, surface: Surface, match: Span, secret: Span): Detection | undefined {
  const origin = surface.origin(match);
  if (origin === undefined) return undefined;
  const value = surface.string.slice(secret.start, secret.end);
  if (rule.entropy !== 0 && shannonEntropy(value) <= rule.entropy) return undefined;
  const matched = surface.string.slice(match.start, match.end);
  const judged: Judged = { secret: value, match: matched, line: () => surface.line(match) };
  const pending: Allowlist[] = [];
  for (const lists of [rule.set.allowlists, rule.allowlists]) {
    for (const list of lists) {
      const ruling = ruleOn(list, judged);
      if (ruling === 'allowed') return undefined;
      if (ruling === 'pending') pending.push(list);
    }
  }
  const { depth } = surface;
  const place = depth > 0 ? (surface.origin(secret) ?? origin) : secret;
  return { rule, match: origin, secret: place, value, matched, depth, pending };
}

/**
 * Which part of a match is the secret. gitleaks matches the regex again on the match alone, where `\b` and `$` see
 * its ends, so that is what counts; if nothing matches there the whole match is the secret.
 */
function secretIn(rule: Rule, matched: string): Span {
  const whole = { start: 0, end: matched.length };
  if (rule.regex === undefined) return whole;
  const groups = expression(rule.regex, 'du').exec(matched)?.indices;
  if (groups === undefined) return whole;
  const wanted = rule.secretGroup > 0 ? [groups[rule.secretGroup]] : groups.slice(1);
  const found = wanted.find((span) => span !== undefined && (rule.secretGroup > 0 || span[1] > span[0]));
  if (found !== undefined) return { start: found[0], end: found[1] };
  return rule.secretGroup > 0 ? { start: 0, end: 0 } : whole;
}

function leadingNewlines(text: string): number {
  let at = 0;
  while (text.charCodeAt(at) === 10) at += 1;
  return at;
}

function trimNewlines(text: string): string {
  const start = leadingNewlines(text);
  let end = text.length;
  while (end > start && text.charCodeAt(end - 1) === 10) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Does a rule look at this path at all (its own `path`, allowlists of paths and commits)? */
export function takesPlace(rule: SetRule, path: string, commit: string | undefined): boolean {
  if (rule.path !== undefined && !matches(rule.path, path)) return false;
  if (path === '' && commit === undefined) return true;
  const allows = (list: Allowlist): boolean => allowsEverythingAt(list, path, commit);
  return !rule.set.allowlists.some(allows) && !rule.allowlists.some(allows);
}

/** Does a detection count at this path and in this commit? */
export function accept(detection: Detection, path: string, commit: string | undefined): boolean {
  const { rule, pending } = detection;
  return takesPlace(rule, path, commit) && !pending.some((list) => allowsPlace(list, path, commit));
}

/** Without what parts of a text that overlap found twice. */
export function distinct(detections: readonly Detection[]): Detection[] {
  const seen = new Set<string>();
  return detections.filter(({ rule, match, secret, depth }) => {
    const key = `${rule.id} ${match.start} ${match.end} ${secret.start} ${depth}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** A place, as a string index, where a rule whose matches go over many lines could begin one but does not end it. */
export interface Opening {
  readonly rule: SetRule;
  readonly start: number;
}
