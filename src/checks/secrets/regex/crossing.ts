import { contains } from './char-set.ts';
import type { Node } from './syntax.ts';
import { plus, type Width, widthOf } from './width.ts';

/** Stands for "no bound" where a number must survive JSON. */
const FAR = 1_000_000;

/**
 * How far behind its beginning a match can still go over to another line, in UTF-16 code units; 0 when each match lies in
 * one line. A line break that only ends a match (the blank after a value) does not count: nothing of it lies beyond.
 */
export function crossingOf(tree: Node): number {
  const items = tree.kind === 'sequence' ? tree.items : [tree];
  let offset: Width = { least: 0, most: 0 };
  let far = 0;
  items.forEach((item, index) => {
    const width = widthOf(item);
    const last = index === items.length - 1 && width.most <= 2;
    if (!last && canBreak(item)) far = offset.most + width.most;
    offset = plus(offset, width);
  });
  return Math.min(far, FAR);
}

function canBreak(node: Node): boolean {
  switch (node.kind) {
    case 'set':
      return contains(node.set, 10);
    case 'sequence':
    case 'choice':
      return node.items.some(canBreak);
    case 'group':
    case 'repeat':
      return canBreak(node.item);
    default:
      return false;
  }
}
