import type { RuleSet } from '../rule.ts';
import { type Detection, type DetectorInput, type Opening, type SetRule, takesPlace } from './detection.ts';
import { PlaceGuard } from './guard.ts';
import { RuleMatcher } from './matcher.ts';
import { Places } from './places.ts';
import { Occurrences, Prefilter } from './prefilter.ts';
import { hasKeyword } from './reference.ts';
import { mostWindows } from './window.ts';

/** A rule to try where a literal of its plan stands: their numbers. */
interface Anchor {
  readonly number: number;
  readonly literal: number;
  readonly guard: PlaceGuard;
}

/** What a literal means to rules: where to try them, and whose keyword it is. */
interface Uses {
  readonly anchors: Anchor[];
  readonly keywordOf: number[];
  /** Those whose keyword it is and that are tried all over the text. */
  readonly everywhereOf: number[];
}

/** Shorter literals, and those with letters beyond ASCII, are looked for in the decoded text instead. */
const FIT_FOR_PREFILTER = /^[\0-\x7f]{3,}$/;

/** Where to look: a part of the bytes, and what to leave out because of the path. */
export interface DetectorScope {
  readonly start: number;
  readonly end: number;
  /** Rules that do not look at this path are not tried; `undefined`: the path is asked later. */
  readonly path: string | undefined;
  /** The parts of it that are to be looked at: pairs of begin and end, ascending and disjoint. None: all of it. */
  readonly parts?: ArrayLike<number>;
  /** Where long matches begin but do not end; collected only when given. */
  readonly openings?: Opening[];
  /** Rules that were tried on the whole text for another part of it already; the same set for each part. */
  readonly everywhere?: Set<number>;
}

/**
 * Matches many rules against a text at once. The result is that of trying each rule's regex on the whole text
 * (`detectPlainly`), in order of rule and place.
 *
 * One detector serves one thread and one text at a time: it keeps its working memory between calls.
 */
export class Detector {
  readonly rules: readonly RuleMatcher[];
  /** Rules for which a text was too much; for the reader to clear. */
  readonly gaveUp = new Set<RuleMatcher>();
  readonly #prefilter: Prefilter;
  readonly #uses: readonly Uses[];
  readonly #occurrences = new Occurrences();
  readonly #places: Places;
  readonly #keyword: Uint8Array;
  readonly #seen: Uint8Array;
  readonly #touched: number[] = [];
  /** Rules that are tried on every text, and those whose keyword the prefilter cannot see. */
  readonly #always: readonly number[];
  readonly #odd: readonly number[];

  constructor(sets: readonly RuleSet[]) {
    const rules: SetRule[] = sets.flatMap((set) => set.rules.map((rule) => ({ ...rule, set })));
    this.rules = rules.map((rule) => new RuleMatcher(rule));
    const literals = new Map<string, Uses>();
    this.rules.forEach(({ rule, implied }, number) => {
      enter(literals, rule, implied, number);
    });
    this.#prefilter = new Prefilter([...literals.keys()]);
    this.#uses = [...literals.values()];
    this.#places = new Places(rules.length);
    this.#keyword = new Uint8Array(rules.length);
    this.#seen = new Uint8Array(rules.length);
    const numbers = rules.map((_, number) => number).filter((number) => isTried(rules[number] as SetRule));
    const everywhere = numbers.filter((number) => rules[number]?.plan.kind === 'everywhere');
    this.#always = everywhere.filter((number) => rules[number]?.keywords.length === 0);
    this.#odd = everywhere.filter((number) => rules[number]?.keywords.some((word) => !FIT_FOR_PREFILTER.test(word)));
  }

  /** Detections in the scope, and those that begin in it and reach out of it. */
  detect(input: DetectorInput, scope: DetectorScope): Detection[] {
    const occurrences = this.#occurrences;
    occurrences.clear();
    const parts = scope.parts ?? [scope.start, scope.end];
    for (let at = 0; at < parts.length; at += 2)
      this.#prefilter.scan(input.bytes, parts[at] as number, parts[at + 1] as number, occurrences);
    if (occurrences.count === 0 && this.#always.length === 0 && this.#odd.length === 0) return [];
    this.#distribute(input);
    const found: Detection[] = [];
    const order = this.#touched.toSorted((a, b) => a - b);
    const odd = this.#odd.filter((number) => this.#seen[number] === 0);
    for (const number of [...order, ...this.#always, ...odd]) this.#try(number, input, scope, found);
    for (const number of this.#touched) {
      this.#places.forget(number);
      this.#keyword[number] = 0;
      this.#seen[number] = 0;
    }
    this.#touched.length = 0;
    return found;
  }

  /**
   * Adds the byte offset of every place where a literal or a keyword stands that could be part of a match. Gives the matches of
   * rules that have no literal to be known by. Costs little more than the prefilter.
   */
  suspects(input: DetectorInput, scope: DetectorScope, into: number[]): Detection[] {
    const occurrences = this.#occurrences;
    occurrences.clear();
    this.#prefilter.scan(input.bytes, scope.start, scope.end, occurrences);
    const { literals, offsets, count } = occurrences;
    const everywhere = new Set([...this.#always, ...this.#odd]);
    for (let at = 0; at < count; at++) {
      const { anchors, keywordOf, everywhereOf } = this.#uses[literals[at] as number] as Uses;
      const offset = offsets[at] as number;
      if (keywordOf.length > 0 || anchors.some(({ guard }) => guard.mayHold(input.bytes, offset))) into.push(offset);
      for (const number of everywhereOf) everywhere.add(number);
    }
    const found: Detection[] = [];
    for (const number of everywhere) (this.rules[number] as RuleMatcher).everywhere(input.surface(), found);
    return found;
  }

  /** Turns occurrences of literals into places where rules are to be tried. */
  #distribute({ bytes }: DetectorInput): void {
    const { literals, offsets, count } = this.#occurrences;
    for (let at = 0; at < count; at++) {
      const { anchors, keywordOf } = this.#uses[literals[at] as number] as Uses;
      for (const number of keywordOf) {
        this.#touch(number);
        this.#keyword[number] = 1;
      }
      const offset = offsets[at] as number;
      for (const { number, literal, guard } of anchors) {
        if (!guard.holds(bytes, offset)) continue;
        this.#touch(number);
        this.#places.add(number, offset, literal);
      }
    }
  }

  #touch(number: number): void {
    if (this.#seen[number] === 1) return;
    this.#seen[number] = 1;
    this.#touched.push(number);
  }

  #try(number: number, input: DetectorInput, scope: DetectorScope, found: Detection[]): void {
    const matcher = this.rules[number] as RuleMatcher;
    const { rule } = matcher;
    if (rule.skipReport || scope.everywhere?.has(number) === true) return;
    if (scope.path !== undefined && !takesPlace(rule, scope.path, undefined)) return;
    if (!matcher.implied && this.#keyword[number] === 0 && !mayHaveOtherKeyword(rule, input, scope)) return;
    const before = found.length;
    this.#run(matcher, number, input, scope, found);
    if (matcher.gaveUp) this.gaveUp.add(matcher);
    if (found.length === before || matcher.implied || this.#keyword[number] === 1) return;
    if (!hasKeyword(rule.keywords, input.surface().string.toLowerCase())) found.length = before;
  }

  #run(matcher: RuleMatcher, number: number, input: DetectorInput, scope: DetectorScope, found: Detection[]): void {
    const { rule } = matcher;
    if (rule.plan.kind === 'everywhere') {
      scope.everywhere?.add(number);
      matcher.everywhere(input.surface(), found);
      return;
    }
    // What begins here and ends elsewhere is to be told of, too.
    const window = scope.openings !== undefined && rule.crosses > 0 ? undefined : matcher.window;
    const starts = this.#places.starts(number, rule.plan.literals, input, window, mostWindows(scope.end - scope.start));
    if (starts.length === 0) return;
    if (rule.detector === 'generic') matcher.weighAt(starts, input.surface(), scope.path, found);
    else matcher.at(starts, input.surface(), found, scope.openings);
  }
}

const isTried = (rule: SetRule): boolean =>
  (rule.regex !== undefined || rule.detector !== undefined) && !rule.skipReport;

function enter(literals: Map<string, Uses>, rule: SetRule, implied: boolean, number: number): void {
  if (!isTried(rule)) return;
  const usesOf = (text: string): Uses => {
    const uses = literals.get(text) ?? { anchors: [], keywordOf: [], everywhereOf: [] };
    literals.set(text, uses);
    return uses;
  };
  if (rule.plan.kind === 'anchored') {
    rule.plan.literals.forEach((literal, at) => {
      usesOf(literal.text).anchors.push({ number, literal: at, guard: new PlaceGuard(rule, literal) });
    });
  }
  if (implied) return;
  for (const keyword of rule.keywords) {
    if (!FIT_FOR_PREFILTER.test(keyword)) continue;
    const uses = usesOf(keyword);
    uses.keywordOf.push(number);
    if (rule.plan.kind === 'everywhere') uses.everywhereOf.push(number);
  }
}

/** Whether a keyword could stand where the prefilter did not look: outside the scope, or spelled with what it cannot see. */
const mayHaveOtherKeyword = (
  { keywords }: SetRule,
  { bytes }: DetectorInput,
  { start, end, parts = [] }: DetectorScope,
): boolean =>
  start > 0 || end < bytes.length || parts.length > 2 || keywords.some((keyword) => !FIT_FOR_PREFILTER.test(keyword));
