import type { Pack } from './pack.ts';

/**
 * The deltas of a pack as trees: each whole object is a root, each delta a child of its base. Children of an entry are
 * `children[first[entry], first[entry + 1])`, the one with the most descendants last.
 */
export interface Forest {
  readonly first: Uint32Array;
  readonly children: Uint32Array;
}

/**
 * Builds the forest of a pack. With the largest subtree last, and a content given up as soon as its last child is made,
 * a walk holds at most log2(n) contents of a tree of n objects, however long its chains are.
 */
export function growForest(pack: Pack): Forest {
  const { count, bases } = pack;
  const first = new Uint32Array(count + 1);
  for (let entry = 0; entry < count; entry++) {
    const base = bases[entry] as number;
    if (base >= 0) first[base + 1] = (first[base + 1] as number) + 1;
  }
  for (let entry = 0; entry < count; entry++)
    first[entry + 1] = (first[entry + 1] as number) + (first[entry] as number);
  const children = new Uint32Array(first[count] as number);
  const next = first.slice();
  for (let entry = 0; entry < count; entry++) {
    const base = bases[entry] as number;
    if (base < 0) continue;
    const at = next[base] as number;
    children[at] = entry;
    next[base] = at + 1;
  }
  heaviestLast(first, children, weigh(pack));
  return { first, children };
}

/** Only a guide, so a base that stands behind its delta may count for less than it has. */
function weigh({ count, bases }: Pack): Uint32Array {
  const weights = new Uint32Array(count).fill(1);
  for (let entry = count - 1; entry >= 0; entry--) {
    const base = bases[entry] as number;
    if (base >= 0) weights[base] = (weights[base] as number) + (weights[entry] as number);
  }
  return weights;
}

function heaviestLast(first: Uint32Array, children: Uint32Array, weights: Uint32Array): void {
  for (let entry = 0; entry + 1 < first.length; entry++) {
    const from = first[entry] as number;
    const last = (first[entry + 1] as number) - 1;
    let heaviest = last;
    for (let child = from; child < last; child++) {
      if ((weights[children[child] as number] as number) > (weights[children[heaviest] as number] as number)) {
        heaviest = child;
      }
    }
    if (heaviest >= last) continue;
    const moved = children[heaviest] as number;
    children[heaviest] = children[last] as number;
    children[last] = moved;
  }
}
