import { type Automaton, automatonOf } from './automaton.ts';
import { type CharSet, overlaps } from './char-set.ts';
import { components } from './components.ts';
import type { Node } from './syntax.ts';
import { widthOf } from './width.ts';

/** Why a pattern could take for ever, and what to write instead. */
export interface BlowUp {
  readonly message: string;
  readonly hint: string;
}

/** From this many overlapping unbounded repeats in a row on, a long line takes longer than anybody waits. */
const MOST_OVERLAPPING_REPEATS = 4;
/** More pairs than this are not looked at: the time for the check itself stays bounded, and so does what it can miss. */
const MOST_PAIRS = 40_000;

/**
 * Go matches every pattern in linear time; V8 tries one reading of the text after the other. Finds patterns of which some
 * text has exponentially many readings (Weber and Seidl, 1991: a state that a word leads back to in two ways), or very
 * many because of unbounded repeats in a row that can share their text. `undefined`: the pattern is safe enough.
 */
export function findBlowUp(tree: Node): BlowUp | undefined {
  const automaton = automatonOf(tree);
  if (automaton !== undefined && isExponential(automaton)) {
    return {
      message: 'this pattern can take exponential time: a repeat within a repeat can read the same text in many ways',
      hint: 'Write the inner repeat without the outer one, or put something between rounds that the inner cannot match.',
    };
  }
  if (overlappingRepeats(tree) >= MOST_OVERLAPPING_REPEATS) {
    return {
      message: `this pattern has ${MOST_OVERLAPPING_REPEATS} or more unbounded repeats in a row that can match the same text`,
      hint: 'Give them bounds ({0,100} instead of *), or leave out those at the ends.',
    };
  }
  return undefined;
}

function isExponential(automaton: Automaton): boolean {
  const { sets, follow, doubled } = automaton;
  const component = components(sets.length, (node) => follow[node] as ReadonlySet<number>);
  for (const edge of doubled) {
    if (component[Math.floor(edge / sets.length)] === component[edge % sets.length]) return true;
  }
  return hasTwoWaysBack(automaton, component);
}

/** In the graph of pairs of states that one text leads to: does a cycle hold both a pair of equals and one of unequals? */
function hasTwoWaysBack({ sets, follow }: Automaton, component: Int32Array): boolean {
  const pairs = new Map<number, number>();
  const list: number[] = [];
  const edges: number[][] = [];
  const enter = (a: number, b: number): number => {
    const pair = a * sets.length + b;
    const known = pairs.get(pair);
    if (known !== undefined) return known;
    pairs.set(pair, list.length);
    edges.push([]);
    return list.push(pair) - 1;
  };
  for (let state = 0; state < sets.length; state++) enter(state, state);
  for (let at = 0; at < list.length && list.length < MOST_PAIRS; at++) {
    const a = Math.floor((list[at] as number) / sets.length);
    const b = (list[at] as number) % sets.length;
    for (const [x, y] of steps(follow, component, a, b)) {
      if (x === y || overlaps(sets[x] as CharSet, sets[y] as CharSet)) (edges[at] as number[]).push(enter(x, y));
    }
  }
  const cycles = components(list.length, (node) => edges[node] as number[]);
  const equal = new Set<number>();
  for (let state = 0; state < sets.length; state++) equal.add(cycles[state] as number);
  return list.some((_, at) => at >= sets.length && equal.has(cycles[at] as number));
}

/** Where a pair can go while both stay in their own loop: only loops repeat. */
function* steps(
  follow: readonly ReadonlySet<number>[],
  component: Int32Array,
  a: number,
  b: number,
): Generator<readonly [number, number]> {
  for (const x of follow[a] as ReadonlySet<number>) {
    if (component[x] !== component[a]) continue;
    for (const y of follow[b] as ReadonlySet<number>) if (component[y] === component[b]) yield [x, y];
  }
}

/** The most unbounded repeats of one set in a row where each shares characters with the one before and nothing parts them. */
function overlappingRepeats(tree: Node): number {
  const items = tree.kind === 'sequence' ? tree.items : [tree];
  let most = 0;
  let row = 0;
  let shared: CharSet | undefined;
  for (const item of items) {
    const inner = item.kind === 'group' || item.kind === 'repeat' ? item.item : item;
    if (item.kind === 'repeat' && item.max === Number.POSITIVE_INFINITY && inner.kind === 'set') {
      row = shared !== undefined && overlaps(shared, inner.set) ? row + 1 : 1;
      shared = inner.set;
    } else if (item.kind === 'choice') {
      most = Math.max(most, ...item.items.map(overlappingRepeats));
    } else if (inner.kind === 'sequence' || inner.kind === 'choice') {
      most = Math.max(most, overlappingRepeats(inner));
    }
    if (item.kind === 'set' && (shared === undefined || !overlaps(shared, item.set))) [row, shared] = [0, undefined];
    else if (inner.kind !== 'set' && widthOf(item).least > 0) [row, shared] = [0, undefined];
    most = Math.max(most, row);
  }
  return most;
}
