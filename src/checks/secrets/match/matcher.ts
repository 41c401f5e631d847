import { type Detection, judge, type SetRule, type Surface } from './detection.ts';
import { expression } from './expression.ts';
import { allMatches } from './reference.ts';
import { reachLeft, type WalkedRun, walkable } from './runs.ts';

/** Finds one rule's matches at the places the prefilter names. */
export class RuleMatcher {
  readonly rule: SetRule;
  /** Every match holds a keyword: whether one stands elsewhere in the text need not be asked. */
  readonly implied: boolean;
  readonly #source: string;
  #core: RegExp | undefined;
  #runs: readonly WalkedRun[] | undefined;

  constructor(rule: SetRule) {
    this.rule = rule;
    this.#source = (rule.plan.kind === 'anchored' ? rule.plan.core : undefined) ?? rule.regex ?? '';
    const { plan, keywords } = rule;
    this.implied =
      keywords.length === 0 ||
      (plan.kind === 'anchored' && plan.literals.every(({ text }) => keywords.some((word) => text.includes(word))));
  }

  /** Tries the regex at `starts` (ascending) only. Gives what trying it everywhere would, for an anchored rule. */
  at(starts: Int32Array, surface: Surface, found: Detection[]): void {
    this.#core ??= expression(this.#source, 'yu');
    this.#runs ??= this.rule.plan.kind === 'anchored' ? (this.rule.plan.runs ?? []).map(walkable) : [];
    const core = this.#core;
    const { string } = surface;
    let last = 0;
    for (const start of starts) {
      if (start < last || splitsPair(string, start)) continue;
      core.lastIndex = start;
      if (!core.test(string)) continue;
      const end = core.lastIndex;
      const begin = this.#runs.length === 0 ? start : reachLeft(this.#runs, string, start, last);
      last = end;
      const detection = judge(this.rule, surface, begin, end);
      if (detection !== undefined) found.push(detection);
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

/** Whether an index falls between the halves of a surrogate pair, where no match can begin. */
function splitsPair(string: string, at: number): boolean {
  const code = string.charCodeAt(at);
  if (code < 0xdc00 || code > 0xdfff || at === 0) return false;
  const before = string.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
