import { type Beyond, beyondOf } from './beyond.ts';
import { type CharSet, equal } from './char-set.ts';
import type { Node } from './syntax.ts';
import { plus, type Width, widthOf } from './width.ts';

/** A text that a match holds, this far behind where the match begins. */
export interface Literal extends Width {
  /** Lower-case ASCII. */
  readonly text: string;
  /** Which case each character has in a match: `U`, `L`, or `*` where it may be either or is no letter. */
  readonly cases: string;
  /** What surely follows it: so many characters of one set. */
  readonly after?: Following;
  /** What stands behind it otherwise. */
  readonly beyond?: Beyond;
}

export interface Following {
  readonly set: CharSet;
  readonly count: number;
}

/** One of the texts an item can match, as it is built up from its characters. */
type Cased = Pick<Literal, 'text' | 'cases'>;

/** More alternatives than this cost more to look for than they save. */
const MAX_LITERALS = 48;
const MAX_LENGTH = 24;
/** The prefilter hashes three characters. */
const MIN_LENGTH = 3;
/** Trying a regex at more places than this for one literal is no longer cheap. */
const MAX_SPREAD = 64;
const MAX_OFFSET = 256;

/**
 * Literals of which every match holds at least one, at a bounded distance from its beginning: the rarest such choice that
 * the tree allows. `undefined`: the pattern can match without any text that would give it away.
 */
export function literalsOf(tree: Node): readonly Literal[] | undefined {
  const found = best(tree);
  if (found === undefined || found.length > MAX_LITERALS) return undefined;
  return found.every((literal) => literal.most - literal.least <= MAX_SPREAD && literal.most <= MAX_OFFSET)
    ? found
    : undefined;
}

function best(node: Node): readonly Literal[] | undefined {
  switch (node.kind) {
    case 'set':
    case 'sequence':
      return bestOfSequence(node.kind === 'set' ? [node] : node.items);
    case 'choice':
      return bestOfEach(node.items);
    case 'group':
      return best(node.item);
    case 'repeat':
      return node.min > 0 ? best(node.item) : undefined;
    default:
      return undefined;
  }
}

function bestOfEach(branches: readonly Node[]): readonly Literal[] | undefined {
  const all: Literal[] = [];
  for (const branch of branches) {
    const literals = best(branch);
    if (literals === undefined) return undefined;
    all.push(...literals);
  }
  return distinct(all);
}

function bestOfSequence(items: readonly Node[]): readonly Literal[] | undefined {
  let winner: readonly Literal[] | undefined;
  let offset: Width = { least: 0, most: 0 };
  let taken = 0;
  items.forEach((item, index) => {
    if (offset.most <= MAX_OFFSET) {
      // What a run already holds would only give a part of its texts again.
      const run = index < taken ? undefined : textsFrom(items, index);
      const texts = run?.texts;
      if (run !== undefined) taken = run.end;
      const here = [
        texts === undefined ? undefined : distinct(texts.map((text) => ({ ...text, ...offset, ...run?.after }))),
        shift(item.kind === 'set' || item.kind === 'sequence' ? undefined : best(item), offset),
      ];
      for (const literals of here) {
        if (literals !== undefined && (winner === undefined || rarity(literals) > rarity(winner))) winner = literals;
      }
    }
    offset = plus(offset, widthOf(item));
  });
  return winner;
}

const shift = (literals: readonly Literal[] | undefined, by: Width): readonly Literal[] | undefined =>
  literals?.map((literal) => ({ ...literal, ...plus(literal, by) }));

/** One literal for each text, which allows what any of them does. */
function distinct(literals: readonly Literal[]): readonly Literal[] {
  const byText = new Map<string, Literal>();
  for (const literal of literals) {
    const same = byText.get(literal.text);
    byText.set(literal.text, same === undefined ? literal : either(same, literal));
  }
  return [...byText.values()];
}

function either(a: Literal, b: Literal): Literal {
  const { least, most } = { least: Math.min(a.least, b.least), most: Math.max(a.most, b.most) };
  const sure = a.after !== undefined && b.after !== undefined && equal(a.after.set, b.after.set);
  const after = sure ? { after: { set: a.after.set, count: Math.min(a.after.count, b.after.count) } } : {};
  const beyond = a.beyond !== undefined && a.beyond === b.beyond ? { beyond: a.beyond } : {};
  return { text: a.text, cases: eitherCase(a.cases, b.cases), least, most, ...after, ...beyond };
}

const eitherCase = (a: string, b: string): string =>
  a === b ? a : a.replace(/[UL]/g, (each, at: number) => (b[at] === each ? each : '*'));

interface Run {
  readonly texts: readonly Cased[];
  readonly end: number;
  readonly after: Pick<Literal, 'after' | 'beyond'>;
}

const NO_TEXT: readonly Cased[] = [{ text: '', cases: '' }];

/** Every text that the items from `index` on can begin with, as long as those are few. */
function textsFrom(items: readonly Node[], index: number): Run | undefined {
  let texts = NO_TEXT;
  let end = index;
  let rounds = 0;
  for (; end < items.length; end++) {
    const item = items[end] as Node;
    if (item.kind === 'assert') continue;
    const next = exactTexts(item);
    if (next === undefined || texts.length * next.length > MAX_LITERALS) {
      if (item.kind === 'repeat') {
        const longer = withSome(texts, item.item, item.min);
        rounds = item.item.kind === 'set' ? (longer[0]?.text.length ?? 0) - (texts[0]?.text.length ?? 0) : item.min;
        texts = longer;
      }
      break;
    }
    texts = cross(texts, next);
    if (texts.some(({ text }) => text.length >= MAX_LENGTH)) {
      end += 1;
      break;
    }
  }
  const beyond = beyondOf(items, end, rounds);
  const after = { ...followingOf(items, end, rounds), ...(beyond === undefined ? {} : { beyond }) };
  return texts.every(({ text }) => text.length >= MIN_LENGTH) ? { texts, end, after } : undefined;
}

/** What surely stands at an item of which some rounds are taken already. */
function followingOf(items: readonly Node[], index: number, rounds: number): Pick<Literal, 'after'> {
  const item = items[index];
  switch (item?.kind) {
    case 'assert':
      return followingOf(items, index + 1, 0);
    case 'set':
      return { after: { set: item.set, count: 1 } };
    case 'group':
      return followingOf([item.item], 0, rounds);
    case 'sequence':
      return followingOf(item.items, 0, rounds);
    case 'repeat':
      if (item.min <= rounds) return {};
      return item.item.kind === 'set' ? { after: { set: item.item.set, count: item.min - rounds } } : {};
    default:
      return {};
  }
}

/** The first of a repeat's rounds that are certain, while they stay few or while the texts are still too short. */
function withSome(texts: readonly Cased[], item: Node, rounds: number): readonly Cased[] {
  const few = exactTexts(item);
  const next = few ?? (item.kind === 'set' ? textsOfSet(item.set, MAX_LITERALS) : undefined);
  let longer = texts;
  for (let round = 0; next !== undefined && round < rounds; round++) {
    const short = longer.some(({ text }) => text.length < MIN_LENGTH);
    if (longer.length * next.length > (short ? MAX_LITERALS : few === undefined ? 0 : MAX_LITERALS / 4)) break;
    longer = cross(longer, next);
  }
  return longer;
}

/** All texts a node can match; `undefined`: too many, or not ASCII. */
function exactTexts(node: Node): readonly Cased[] | undefined {
  switch (node.kind) {
    case 'set':
      return textsOfSet(node.set, 6);
    case 'group':
      return exactTexts(node.item);
    case 'choice':
      return allOf(node.items);
    case 'sequence':
      return node.items.reduce<readonly Cased[] | undefined>((texts, item) => extended(texts, item), NO_TEXT);
    case 'repeat': {
      if (node.max > 8) return undefined;
      const counts = Array.from({ length: node.max - node.min + 1 }, (_, more) => node.min + more);
      return allOf(counts.map((count) => ({ kind: 'sequence', items: Array<Node>(count).fill(node.item) })));
    }
    default:
      return NO_TEXT;
  }
}

function allOf(nodes: readonly Node[]): readonly Cased[] | undefined {
  const texts = new Map<string, string>();
  for (const node of nodes) {
    const some = exactTexts(node);
    if (some === undefined) return undefined;
    for (const { text, cases } of some) texts.set(text, eitherCase(cases, texts.get(text) ?? cases));
    if (texts.size > MAX_LITERALS) return undefined;
  }
  return Array.from(texts, ([text, cases]) => ({ text, cases }));
}

function extended(texts: readonly Cased[] | undefined, item: Node): readonly Cased[] | undefined {
  const next = texts === undefined ? undefined : exactTexts(item);
  if (texts === undefined || next === undefined || texts.length * next.length > MAX_LITERALS) return undefined;
  return cross(texts, next);
}

const cross = (texts: readonly Cased[], ends: readonly Cased[]): readonly Cased[] =>
  texts.flatMap((begin) => ends.map((end) => ({ text: begin.text + end.text, cases: begin.cases + end.cases })));

/** The Kelvin sign and the long s count as the letters they fold to: texts that hold them are matched another way. */
const FOLDED: Readonly<Record<number, number>> = { 383: 115, 8490: 107 };

function textsOfSet(set: CharSet, most: number): readonly Cased[] | undefined {
  // Three code points at most are one letter.
  if (set.reduce((sum, [from, to]) => sum + to - from + 1, 0) > 3 * most) return undefined;
  const chars = new Map<string, string>();
  for (const [from, to] of set) {
    for (let point = from; point <= to; point++) {
      const plain = FOLDED[point] ?? point;
      if (plain > 127) return undefined;
      const char = String.fromCharCode(plain);
      const text = char.toLowerCase();
      const cases = text === char.toUpperCase() ? '*' : text === char ? 'L' : 'U';
      chars.set(text, eitherCase(cases, chars.get(text) ?? cases));
    }
  }
  return chars.size <= most ? Array.from(chars, ([text, cases]) => ({ text, cases })) : undefined;
}

/** How seldom the literals are met, in bits: the commonest decides, many and spread ones cost. */
function rarity(literals: readonly Literal[]): number {
  const least = Math.min(...literals.map(({ text }) => bitsOf(text)));
  const spread = Math.max(...literals.map((literal) => literal.most - literal.least));
  return Math.min(least, 60) - Math.log2(literals.length) - 1.5 * Math.log2(spread + 1);
}

/** Estimated information of a text met in source code. */
function bitsOf(text: string): number {
  if (/^(?:https?)?(?::\/\/)?$/.test(text)) return 8;
  let bits = 0;
  for (const char of text) bits += BITS[char] ?? (/[0-9]/.test(char) ? 7 : 8);
  return bits;
}

/** Bits per character of source text, rounded: letters by how common they are, then what stands between words. */
const BITS: Readonly<Record<string, number>> = {
  ' ': 2.5,
  e: 3.5,
  t: 4,
  r: 4.3,
  s: 4.3,
  i: 4.3,
  n: 4.3,
  a: 4.3,
  o: 4.4,
  l: 5,
  c: 5,
  d: 5,
  p: 5.3,
  u: 5.3,
  m: 5.5,
  f: 5.7,
  h: 6,
  g: 6,
  b: 6.2,
  y: 6.3,
  v: 6.8,
  k: 7,
  x: 7,
  w: 7,
  '-': 5.5,
  '=': 6,
  '/': 6,
  '.': 5.5,
  '"': 5.5,
  ':': 6,
  _: 6,
};
