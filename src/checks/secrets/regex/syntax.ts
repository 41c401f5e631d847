import type { CharSet } from './char-set.ts';

/**
 * A regular expression in Go's RE2 syntax, parsed. Flags are already resolved into the tree: a case-insensitive letter is
 * a set of its cases, `.` is the set of what it matches, `^` with `(?m)` is `lineStart`.
 */
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | Repeat
  | { readonly kind: 'group'; readonly index: number; readonly item: Node }
  | { readonly kind: 'assert'; readonly at: Assertion };

/** `max` is `Infinity` where there is no upper bound. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly item: Node;
  readonly min: number;
  readonly max: number;
  readonly lazy: boolean;
}

export type Assertion = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

/** A pattern that Go would not compile. `offset` is the index in the pattern where it goes wrong. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

export const EMPTY: Node = { kind: 'empty' };

export function sequence(items: readonly Node[]): Node {
  const flat = items.flatMap((item): readonly Node[] => {
    if (item.kind === 'empty') return [];
    const inner = item.kind === 'choice' && item.items.length === 1 ? (item.items[0] as Node) : item;
    return inner.kind === 'sequence' ? inner.items : [inner];
  });
  if (flat.length === 0) return EMPTY;
  return flat.length === 1 ? (flat[0] as Node) : { kind: 'sequence', items: flat };
}

export function choice(items: readonly Node[]): Node {
  return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items };
}
