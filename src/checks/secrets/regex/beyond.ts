import { type CharSet, union } from './char-set.ts';
import type { Node } from './syntax.ts';

/** What stands behind a text: at most so many characters of one set, if any, and then one of another. */
export interface Beyond {
  readonly through: CharSet;
  readonly most: number;
  readonly to: CharSet;
}

/**
 * What stands behind some items of a sequence, from `index` on, of which some rounds are taken already; `undefined` where
 * the sequence may end before anything does.
 */
export function beyondOf(items: readonly Node[], index: number, rounds: number): Beyond | undefined {
  const item = items[index];
  const isRun = item?.kind === 'repeat' && item.item.kind === 'set' && item.min <= rounds;
  if (!isRun) return reaching([], 0, first(items.slice(index)));
  const { set } = item.item as Node & { kind: 'set' };
  return reaching(set, item.max - rounds, first(items.slice(index + 1)));
}

const reaching = (through: CharSet, most: number, { set, nullable }: First): Beyond | undefined =>
  nullable ? undefined : { through, most, to: set };

/** The characters that a match of something can begin with, and whether it can be empty. */
interface First {
  readonly set: CharSet;
  readonly nullable: boolean;
}

const NOTHING: First = { set: [], nullable: true };

/** Of items one after the other. */
function first(items: readonly Node[]): First {
  let all = NOTHING;
  for (const item of items) {
    const next = firstOf(item);
    all = { set: union(all.set, next.set), nullable: next.nullable };
    if (!next.nullable) break;
  }
  return all;
}

function firstOf(node: Node): First {
  switch (node.kind) {
    case 'set':
      return { set: node.set, nullable: false };
    case 'sequence':
      return first(node.items);
    case 'choice': {
      const each = node.items.map(firstOf);
      return { set: union(...each.map(({ set }) => set)), nullable: each.some(({ nullable }) => nullable) };
    }
    case 'group':
      return firstOf(node.item);
    case 'repeat': {
      const one = firstOf(node.item);
      return { set: one.set, nullable: node.min === 0 || one.nullable };
    }
    default:
      return NOTHING;
  }
}
