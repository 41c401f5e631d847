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
  heaviestLast(first, children, weigh(pack, first, children));
  return { first, children };
}

function weigh(pack: Pack, first: Uint32Array, children: Uint32Array): Uint32Array {
  const { count, bases } = pack;
  const order = new Uint32Array(count);
  let length = 0;
  for (let entry = 0; entry < count; entry++) if ((bases[entry] as number) < 0) order[length++] = entry;
  for (let i = 0; i < length; i++) {
    const entry = order[i] as number;
    const end = first[entry + 1] as number;
    for (let child = first[entry] as number; child < end; child++) order[length++] = children[child] as number;
  }
  const weights = new Uint32Array(count).fill(1);
  for (let i = length - 1; i >= 0; i--) {
    const entry = order[i] as number;
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
