import type { Node } from './syntax.ts';

/** How many UTF-16 code units a node can match. */
export interface Width {
  readonly least: number;
  readonly most: number;
}

const NOTHING: Width = { least: 0, most: 0 };

export function widthOf(node: Node): Width {
  switch (node.kind) {
    case 'empty':
    case 'assert':
      return NOTHING;
    case 'set':
      return { least: 1, most: (node.set.at(-1)?.[1] ?? 0) > 0xffff ? 2 : 1 };
    case 'group':
      return widthOf(node.item);
    case 'repeat': {
      const item = widthOf(node.item);
      return { least: item.least * node.min, most: item.most === 0 ? 0 : item.most * node.max };
    }
    case 'sequence':
      return node.items.reduce((sum, item) => plus(sum, widthOf(item)), NOTHING);
    case 'choice': {
      const widths = node.items.map(widthOf);
      return { least: Math.min(...widths.map((w) => w.least)), most: Math.max(...widths.map((w) => w.most)) };
    }
  }
}

export const plus = (a: Width, b: Width): Width => ({ least: a.least + b.least, most: a.most + b.most });
