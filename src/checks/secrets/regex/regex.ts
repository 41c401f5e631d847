import { emit } from './emit.ts';
import { parsePattern } from './parse.ts';
import type { Node } from './syntax.ts';

/** A pattern in Go's syntax, ready for V8. */
export interface GoRegex {
  /** For `new RegExp(source, 'u')`, with `g`, `y` or `d` added as needed. */
  readonly source: string;
  readonly groups: number;
  readonly tree: Node;
}

/** Translates Go's RE2 syntax to V8's; see {@link parsePattern} for what is refused. */
export function translate(pattern: string): GoRegex {
  const { tree, groups } = parsePattern(pattern);
  return { source: emit(tree), groups, tree };
}
