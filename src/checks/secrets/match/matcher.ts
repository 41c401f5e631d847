import { detectGeneric } from '../generic/detect.ts';
import { BareEnds } from '../generic/value.ts';
import { type Detection, judge, type Opening, type SetRule, type Surface, weigh } from './detection.ts';
import { expression } from './expression.ts';
import { allMatches } from './reference.ts';
import { reachLeft, type WalkedRun, walkable } from './runs.ts';
import { WindowMatcher } from './window.ts';

/** More places than one literal can have a rule tried at. */
export const STARTS_UNIT = 128;

/** Finds one rule's matches at the places the prefilter names. */
export class RuleMatcher {
  readonly rule: SetRule;
  /** Every match holds a keyword: whether one stands elsewhere in the text need not be asked. */
  readonly implied: boolean;
  /** Whether a text was too much for the regex, so that something may have been missed. */
  gaveUp = false;
  /** Asked about places before the text becomes a string. */
  readonly window: WindowMatcher | undefined;
  readonly #source: string;
  #core: RegExp | undefined;
  #runs: readonly WalkedRun[] | undefined;

  constructor(rule: SetRule) {
    this.rule = rule;
    this.#source = (rule.plan.kind === 'anchored' ? rule.plan.core : undefined) ?? rule.regex ?? '';
    const { plan, keywords } = rule;
    const head = plan.kind === 'anchored' ? plan.head : undefined;
    this.window = head === undefined ? undefined : new WindowMatcher(this.#source, head);
    this.implied =
      keywords.length === 0 ||
      (plan.kind === 'anchored' && plan.literals.every(({ text }) => keywords.some((word) => text.includes(word))));
  }

  /**
   * Tries the regex at some places only. Gives what trying it everywhere would, for an anchored rule. `starts` ascend; each
   * is the first place times {@link STARTS_UNIT} plus how many places follow it.
   */
  at(starts: Readonly<Float64Array>, surface: Surface, found: Detection[], openings?: Opening[]): void {
    this.#core ??= expression(this.#source, 'yu');
    this.#runs ??= this.rule.plan.kind === 'anchored' ? (this.rule.plan.runs ?? []).map(walkable) : [];
    const { string } = surface;
    let done = 0;
    let next = 0;
    for (const packed of starts) {
      const first = Math.floor(packed / STARTS_UNIT);
      const last = first + (packed % STARTS_UNIT);
      for (let start = Math.max(first, next); start <= last; start++) {
        next = start + 1;
        const end = this.#endAt(this.#core, string, start);
        if (end === -1) {
          if (openings !== undefined && this.rule.crosses > 0) openings.push({ rule: this.rule, start });
          continue;
        }
        const begin = this.#runs.length === 0 ? start : reachLeft(this.#runs, string, start, done);
        const detection = judge(this.rule, surface, begin, end);
        if (detection !== undefined) found.push(detection);
        done = end;
        next = end;
        start = end - 1;
      }
    }
  }

  #endAt(core: RegExp, string: string, start: number): number {
    if (splitsPair(string, start)) return -1;
    core.lastIndex = start;
    try {
      return core.test(string) ? core.lastIndex : -1;
    } catch (error) {
      // V8 keeps what it may have to take back on a stack of bounded size; a hostile text can fill it.
      if (!(error instanceof RangeError)) throw error;
      this.gaveUp = true;
      return -1;
    }
  }

  /** Has the generic detector weigh the places where keywords stand. */
  weighAt(starts: Float64Array, surface: Surface, path: string | undefined, found: Detection[]): void {
    const { string } = surface;
    const ends = new BareEnds();
    let done = -1;
    for (const packed of starts) {
      const at = Math.floor(packed / STARTS_UNIT);
      const keyword = this.rule.keywords.find((word) => standsAt(string, at, word));
      const generic = keyword === undefined ? undefined : detectGeneric(string, at, keyword, path, ends);
      if (generic === undefined || generic.secret.start < done) continue;
      done = generic.secret.end;
      const detection = weigh(this.rule, surface, generic.match, generic.secret);
      const { confidence, reasons } = generic;
      if (detection !== undefined) found.push({ ...detection, weighed: { confidence, reasons } });
    }
  }

  everywhere(surface: Surface, found: Detection[]): void {
    if (this.rule.regex === undefined) return;
    for (const [start, end] of allMatches(this.rule.regex, surface.string)) {
      const detection = judge(this.rule, surface, start, end);
      if (detection !== undefined) found.push(detection);
    }
  }
}

/** Whether a lower-case keyword stands at an index, in any case. */
const standsAt = (string: string, at: number, word: string): boolean =>
  (string.charCodeAt(at) | CASE_BIT) === (word.charCodeAt(0) | CASE_BIT) &&
  string.slice(at, at + word.length).toLowerCase() === word;

const CASE_BIT = 32;

/** Whether an index falls between the halves of a surrogate pair, where no match can begin. */
function splitsPair(string: string, at: number): boolean {
  const code = string.charCodeAt(at);
  if (code < 0xdc00 || code > 0xdfff || at === 0) return false;
  const before = string.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
