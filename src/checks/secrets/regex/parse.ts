import { type CharSet, EVERYTHING, fold, NOT_NEWLINE } from './char-set.ts';
import { Cursor } from './cursor.ts';
import { parseClass, parseEscapedSet } from './parse-class.ts';
import { type Assertion, choice, EMPTY, type Node, PatternError, sequence } from './syntax.ts';

/** Go's limit on `{n,m}`, also on the product of nested ones. */
const MAX_REPEAT = 1000;
/** Groups inside groups; a real pattern has a handful. Bounds the recursion of this parser and of all who walk the tree. */
const MAX_DEPTH = 200;

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly swapGreed: boolean;
}

const NO_FLAGS: Flags = { ignoreCase: false, multiline: false, dotAll: false, swapGreed: false };

export interface Pattern {
  readonly tree: Node;
  /** How many capturing groups there are; the whole match is not one of them. */
  readonly groups: number;
}

/**
 * Parses Go's `regexp` syntax (RE2 with Perl classes, https://pkg.go.dev/regexp/syntax). What Go refuses is a
 * {@link PatternError}: look-around, back-references, repeats over 1,000.
 */
export function parsePattern(source: string): Pattern {
  const parser = new Parser(source);
  const tree = parser.choice(0);
  if (!parser.cursor.done) throw parser.cursor.error('unexpected ")"', 'Write \\) for a literal bracket.');
  return { tree, groups: parser.groups };
}

class Parser {
  readonly cursor: Cursor;
  groups = 0;
  #flags: Flags = NO_FLAGS;

  constructor(source: string) {
    this.cursor = new Cursor(source);
  }

  choice(depth: number): Node {
    if (depth > MAX_DEPTH) throw this.cursor.error('groups are nested too deeply');
    const branches: Node[] = [];
    do branches.push(this.#sequence(depth));
    while (this.cursor.eat('|'));
    return choice(branches);
  }

  #sequence(depth: number): Node {
    const items: Node[] = [];
    while (!this.cursor.done && !this.cursor.at('|') && !this.cursor.at(')')) {
      if (this.cursor.eat('\\Q')) {
        items.push(...this.#quoted());
        continue;
      }
      const atom = this.#atom(depth);
      if (atom !== undefined) items.push(this.#repeats(atom));
    }
    return sequence(items);
  }

  #quoted(): Node[] {
    const text = this.cursor.until('\\E');
    const nodes = [...text].map((char) => this.#literal(char.codePointAt(0) as number));
    const last = nodes.pop();
    return last === undefined ? nodes : [...nodes, this.#repeats(last)];
  }

  /** `undefined`: only flags, which match nothing and cannot be repeated. */
  #atom(depth: number): Node | undefined {
    const { cursor } = this;
    if (cursor.at('(')) return this.#group(depth);
    if (cursor.at('[')) return { kind: 'set', set: parseClass(cursor, this.#flags.ignoreCase) };
    if (cursor.eat('.')) return { kind: 'set', set: this.#flags.dotAll ? EVERYTHING : NOT_NEWLINE };
    if (cursor.eat('^')) return assertion(this.#flags.multiline ? 'lineStart' : 'textStart');
    if (cursor.eat('$')) return assertion(this.#flags.multiline ? 'lineEnd' : 'textEnd');
    if (cursor.at('*') || cursor.at('+') || cursor.at('?')) throw cursor.error('a quantifier has nothing to repeat');
    if (cursor.at('\\')) return this.#escape();
    return this.#literal(cursor.next());
  }

  #escape(): Node {
    for (const [spelled, at] of ASSERTIONS) if (this.cursor.eat(spelled)) return assertion(at);
    const set = parseEscapedSet(this.cursor, this.#flags.ignoreCase);
    return set === undefined ? this.#literal(this.cursor.escape()) : { kind: 'set', set };
  }

  #literal(point: number): Node {
    const set: CharSet = [[point, point]];
    return { kind: 'set', set: this.#flags.ignoreCase ? fold(set) : set };
  }

  #group(depth: number): Node | undefined {
    const { cursor } = this;
    const start = cursor.offset;
    const outer = this.#flags;
    cursor.eat('(');
    if (!cursor.eat('?')) return this.#capture(start, outer, depth);
    for (const open of ['=', '!', '<=', '<!']) {
      if (cursor.at(open)) {
        throw new PatternError('look-around is not part of Go’s regular expressions', start, LOOK_AROUND_HINT);
      }
    }
    if (cursor.eat('P<') || cursor.eat('<')) {
      const name = cursor.until('>');
      if (!/^\w+$/.test(name)) throw new PatternError('a group’s name is letters, digits and _', start);
      return this.#capture(start, outer, depth);
    }
    this.#flags = this.#readFlags();
    if (cursor.eat(')')) return undefined;
    cursor.expect(':', 'expected a flag, ":" or ")"');
    return this.#close(start, outer, depth);
  }

  #capture(start: number, outer: Flags, depth: number): Node {
    this.groups += 1;
    const index = this.groups;
    return { kind: 'group', index, item: this.#close(start, outer, depth) };
  }

  #close(start: number, outer: Flags, depth: number): Node {
    const item = this.choice(depth + 1);
    if (!this.cursor.eat(')')) throw new PatternError('this group is never closed', start, 'Add the missing ")".');
    this.#flags = outer;
    // A group of its own even when it holds a sequence: a quantifier after it repeats all of it.
    return item.kind === 'sequence' ? { kind: 'choice', items: [item] } : item;
  }

  #readFlags(): Flags {
    const flags = { ...this.#flags };
    let on = true;
    for (;;) {
      if (this.cursor.eat('i')) flags.ignoreCase = on;
      else if (this.cursor.eat('m')) flags.multiline = on;
      else if (this.cursor.eat('s')) flags.dotAll = on;
      else if (this.cursor.eat('U')) flags.swapGreed = on;
      else if (on && this.cursor.eat('-')) on = false;
      else return flags;
    }
  }

  #repeats(atom: Node): Node {
    const bounds = this.#quantifier();
    if (bounds === undefined) return atom;
    const lazy = this.cursor.eat('?') !== this.#flags.swapGreed;
    if (this.cursor.at('*') || this.cursor.at('+') || this.cursor.at('?') || this.#quantifier() !== undefined) {
      throw this.cursor.error('a quantifier after a quantifier', 'Put the first one into a group: (?:a+)*.');
    }
    const [min, max] = bounds;
    checkProduct(atom, Number.isFinite(max) ? max : min, this.cursor);
    if (atom.kind === 'empty' || atom.kind === 'assert') return min === 0 ? EMPTY : atom;
    return { kind: 'repeat', item: atom, min, max, lazy };
  }

  #quantifier(): readonly [number, number] | undefined {
    if (this.cursor.eat('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.cursor.eat('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.cursor.eat('?')) return [0, 1];
    const bounds = this.cursor.match(/\{(\d{1,9})(?:(,)(\d{0,9}))?\}/y);
    if (bounds === null) return undefined;
    const min = Number(bounds[1]);
    const max = bounds[2] === undefined ? min : bounds[3] === '' ? Number.POSITIVE_INFINITY : Number(bounds[3]);
    if (min > max) throw this.cursor.error('a repeat’s bounds are the wrong way round');
    return [min, max];
  }
}

const LOOK_AROUND_HINT = 'Match the context and put the secret into a group; an allowlist says what to leave out.';

const ASSERTIONS: readonly (readonly [string, Assertion])[] = [
  ['\\b', 'word'],
  ['\\B', 'notWord'],
  ['\\A', 'textStart'],
  ['\\z', 'textEnd'],
];

const assertion = (at: Assertion): Node => ({ kind: 'assert', at });

function checkProduct(atom: Node, times: number, cursor: Cursor): void {
  if (times > MAX_REPEAT || times * largestRepeat(atom) > MAX_REPEAT) {
    throw cursor.error(`a repeat of more than ${MAX_REPEAT} times`, 'Go refuses it as well; use a smaller bound.');
  }
}

function largestRepeat(node: Node): number {
  switch (node.kind) {
    case 'repeat':
      return Math.max(1, Number.isFinite(node.max) ? node.max : node.min) * largestRepeat(node.item);
    case 'group':
      return largestRepeat(node.item);
    case 'sequence':
    case 'choice':
      return node.items.reduce((most, item) => Math.max(most, largestRepeat(item)), 1);
    default:
      return 1;
  }
}
