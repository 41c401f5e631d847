import type { Expr } from '@actions/expressions/ast';
import type { FilePosition } from '#core/error.ts';
import type { Template, Value } from '../workflow/model.ts';

/** What {@link Template.token} is: a value of the file with its expressions parsed. Made by `src/pipeline/workflow` alone. */
export type Node = LiteralNode | ExpressionNode | TextNode | ListNode | MapNode | GuardedNode;

export interface LiteralNode {
  readonly kind: 'literal';
  readonly value: null | boolean | number | string;
}

/** One `${{ }}` that is the whole value: it keeps its type. */
export interface ExpressionNode {
  readonly kind: 'expression';
  /** Without `${{` and `}}`. */
  readonly text: string;
  readonly tree: Expr;
  /** The place in the file of an offset in `text`. */
  readonly at: (offset: number) => FilePosition;
}

/** Text with expressions in it. */
export interface TextNode {
  readonly kind: 'text';
  readonly parts: readonly (string | ExpressionNode)[];
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
}

export interface MapNode {
  readonly kind: 'map';
  /** `insert` stands for the key `${{ insert }}`: the entries of its value are put here. */
  readonly entries: readonly { readonly key: Node | 'insert'; readonly value: Node }[];
}

/** A condition that does not ask for the status itself: `success() && (…)`. */
export interface GuardedNode {
  readonly kind: 'guarded';
  readonly node: Node;
}

/** The key of an entry of a `TemplateMap` whose value is a whole mapping: `env: ${{ … }}`, or `${{ insert }}: …`. */
export const INSERT = `\${{ insert }}`;

export const nodeOf = (template: Template): Node => template.token as Node;

/** The value of a template that holds no expression; `undefined` when one must be evaluated first. */
export function literalOf(template: Template): Value | undefined {
  const node = nodeOf(template);
  return template.literal && node.kind === 'literal' ? node.value : undefined;
}
