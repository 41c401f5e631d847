import type { CharSet } from './char-set.ts';
import type { Node } from './syntax.ts';

/** How much a node can match, in UTF-16 code units unless another measure is said. */
export interface Width {
  readonly least: number;
  readonly most: number;
}

const NOTHING: Width = { least: 0, most: 0 };

/** UTF-16 code units of one character of a set, at most. */
const unitsOf = (set: CharSet): number => ((set.at(-1)?.[1] ?? 0) > 0xffff ? 2 : 1);

/** `measure` says how much a character of a set is worth at most; every character is worth at least 1. */
export function widthOf(node: Node, measure: (set: CharSet) => number = unitsOf): Width {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NOTHING;
    case 'set':
      return { least: 1, most: measure(node.set) };
    case 'group':
      return widthOf(node.item, measure);
    case 'repeat': {
      const item = widthOf(node.item, measure);
      return { least: item.least * node.min, most: item.most === 0 ? 0 : item.most * node.max };
    }
    case 'sequence':
      return node.items.reduce((sum, item) => plus(sum, widthOf(item, measure)), NOTHING);
    case 'choice': {
      const widths = node.items.map((item) => widthOf(item, measure));
      return { least: Math.min(...widths.map((w) => w.least)), most: Math.max(...widths.map((w) => w.most)) };
    }
  }
}

export const plus = (a: Width, b: Width): Width => ({ least: a.least + b.least, most: a.most + b.most });
