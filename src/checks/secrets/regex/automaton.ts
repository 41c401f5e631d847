import type { CharSet } from './char-set.ts';
import type { Node, Repeat } from './syntax.ts';

/**
 * The position automaton of a pattern (Glushkov, 1961): a state for each character of the pattern, an edge where one may
 * follow another. Counted repeats are shortened, since what matters here is only whether something repeats: a bound of
 * 16 or more counts as none.
 */
export interface Automaton {
  readonly sets: readonly CharSet[];
  readonly follow: readonly ReadonlySet<number>[];
  /** Edges that came about in two ways, as `from * sets.length + to`: a text can take them in two readings. */
  readonly doubled: ReadonlySet<number>;
}

/** Beyond this the pattern is too large to judge; real ones stay far below. */
const MAX_POSITIONS = 1_500;
const MANY = 16;
const COPIES = 2;

interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const NOTHING: Part = { nullable: true, first: [], last: [] };

/** `undefined`: the pattern is too large. */
export function automatonOf(tree: Node): Automaton | undefined {
  const builder = new Builder();
  builder.build(tree);
  return builder.sets.length > MAX_POSITIONS ? undefined : builder.automaton();
}

class Builder {
  readonly sets: CharSet[] = [];
  readonly #follow: Set<number>[] = [];
  readonly #doubled: [number, number][] = [];

  automaton(): Automaton {
    const { length } = this.sets;
    return {
      sets: this.sets,
      follow: this.#follow,
      doubled: new Set(this.#doubled.map(([from, to]) => from * length + to)),
    };
  }

  build(node: Node): Part {
    if (this.sets.length > MAX_POSITIONS) return NOTHING;
    switch (node.kind) {
      case 'set':
        return this.#position(node.set);
      case 'group':
        return this.build(node.item);
      case 'sequence':
        return node.items.map((item) => this.build(item)).reduce((a, b) => this.#then(a, b), NOTHING);
      case 'choice':
        return either(node.items.map((item) => this.build(item)));
      case 'repeat':
        return this.#repeat(node);
      default:
        return NOTHING;
    }
  }

  #position(set: CharSet): Part {
    const position = this.sets.push(set) - 1;
    this.#follow.push(new Set());
    return { nullable: false, first: [position], last: [position] };
  }

  #then(a: Part, b: Part): Part {
    this.#connect(a.last, b.first);
    return {
      nullable: a.nullable && b.nullable,
      first: a.nullable ? [...a.first, ...b.first] : a.first,
      last: b.nullable ? [...a.last, ...b.last] : b.last,
    };
  }

  #repeat({ item, min, max }: Repeat): Part {
    let part = NOTHING;
    const certain = Math.min(min, COPIES);
    const loops = max - min >= MANY || (max >= MANY && min === 0);
    for (let copy = loops ? 1 : 0; copy < certain; copy++) part = this.#then(part, this.build(item));
    if (loops) return this.#then(part, this.#loop(item, min === 0));
    for (let copy = 0; copy < Math.min(max - min, COPIES); copy++) {
      part = this.#then(part, { ...this.build(item), nullable: true });
    }
    return part;
  }

  #loop(item: Node, nullable: boolean): Part {
    const part = this.build(item);
    this.#connect(part.last, part.first);
    return { ...part, nullable: nullable || part.nullable };
  }

  #connect(lasts: readonly number[], firsts: readonly number[]): void {
    for (const last of lasts) {
      const follow = this.#follow[last] as Set<number>;
      for (const first of firsts) {
        if (follow.has(first)) this.#doubled.push([last, first]);
        follow.add(first);
      }
    }
  }
}

const either = (parts: readonly Part[]): Part => ({
  nullable: parts.some(({ nullable }) => nullable),
  first: parts.flatMap(({ first }) => first),
  last: parts.flatMap(({ last }) => last),
});
