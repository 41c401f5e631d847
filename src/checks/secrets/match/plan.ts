import type { Beyond } from '../regex/beyond.ts';
import { type CharSet, contains, overlaps } from '../regex/char-set.ts';
import { emit } from '../regex/emit.ts';
import { headOf } from '../regex/head.ts';
import { type Literal, literalsOf } from '../regex/literals.ts';
import type { GoRegex } from '../regex/regex.ts';
import { EMPTY, type Node, sequence } from '../regex/syntax.ts';
import { type AnchorLiteral, type LeadingRun, type MatchPlan, MOST_BEYOND } from '../rule.ts';

/**
 * Decides where a regex has to be tried: at the literals that every match of it holds, or, where there are none, all over
 * the text.
 *
 * A run that may lead a match (`[\w.-]{0,50}?` before a provider's name) would spread the places where a match can begin
 * over 50 characters. It is taken off and put back behind the match instead: being lazy, it begins as far left as the run
 * and its bound allow, and ends at the first place where the rest matches.
 */
export function planOf(regex: GoRegex | undefined): MatchPlan {
  if (regex === undefined) return { kind: 'everywhere' };
  const { runs, rest } = leadingRuns(regex.tree);
  const literals = literalsOf(rest);
  if (literals === undefined) return { kind: 'everywhere' };
  const startsWord = isWordStart(rest);
  const head = headOf(rest);
  return {
    kind: 'anchored',
    literals: literals.map((literal) => anchorOf(literal, startsWord)),
    ...(runs.length === 0 ? {} : { runs, core: emit(rest) }),
    head: { most: head.most, ...(head.whole ? {} : { source: emit(head.node) }) },
  };
}

/** Whether every match begins where a word does, if with a character of one. */
const isWordStart = (tree: Node): boolean => {
  const first = tree.kind === 'sequence' ? tree.items[0] : undefined;
  return first?.kind === 'assert' && first.at === 'word';
};

const BREAK = 10;
/** A set that holds it leaves out too little to be worth a look. */
const NUL = 0;
/** More bytes than this are not looked at before the regex is. */
const MOST_AFTER = 8;
/** Longer texts are rare enough as they are. */
const COMMON_LENGTH = 6;

/** What follows in another line is left out: it may change while the line with the literal does not. */
function anchorOf({ text, least, most, cases, after, beyond }: Literal, startsWord: boolean): AnchorLiteral {
  return {
    text,
    least,
    most,
    ...(startsWord && most === 0 && /^\w/.test(text) ? { wordStart: true } : {}),
    ...(/[UL]/.test(cases) ? { cases } : {}),
    ...(after === undefined || text.length > COMMON_LENGTH || contains(after.set, BREAK)
      ? {}
      : { after: { of: emitSet(after.set), count: Math.min(after.count, MOST_AFTER) } }),
    ...(after !== undefined || beyond === undefined || contains(beyond.to, NUL) ? {} : { beyond: written(beyond) }),
  };
}

const written = ({ through, most, to }: Beyond): NonNullable<AnchorLiteral['beyond']> => ({
  ...(most === 0 ? {} : { through: emitSet(through) }),
  most: Math.min(most, MOST_BEYOND),
  to: emitSet(to),
});

const emitSet = (set: CharSet): string => emit({ kind: 'set', set });

function leadingRuns(tree: Node): { readonly runs: readonly LeadingRun[]; readonly rest: Node } {
  if (tree.kind !== 'sequence') return { runs: [], rest: tree };
  const runs: LeadingRun[] = [];
  let first = 0;
  for (const item of tree.items) {
    if (item.kind !== 'repeat' || !item.lazy || item.min > 0 || item.item.kind !== 'set') break;
    if (!Number.isFinite(item.max) || !follows(tree.items[first - 1], item.item)) break;
    runs.push({ of: emit(item.item), most: item.max });
    first += 1;
  }
  return { runs, rest: first === 0 ? tree : tree.items.length === first ? EMPTY : sequence(tree.items.slice(first)) };
}

/** Whether a run can stand behind another so that both go as far left as the second allows: it must be the wider one. */
function follows(before: Node | undefined, set: Node & { kind: 'set' }): boolean {
  if (before === undefined) return true;
  if (before.kind !== 'repeat' || before.item.kind !== 'set') return false;
  const outside = before.item.set.filter((range) => !set.set.some(([from, to]) => from <= range[0] && range[1] <= to));
  return outside.length === 0 && overlaps(before.item.set, set.set);
}

/** The plan of a rule whose detector is called wherever one of its keywords stands. */
export const atKeywords = (keywords: readonly string[]): MatchPlan => ({
  kind: 'anchored',
  literals: keywords.map((text) => ({ text, least: 0, most: 0 })),
});
