import { type CharSet, DIGIT, EVERYTHING, equal, MAX_CODE_POINT, NOT_NEWLINE, negate, WORD } from './char-set.ts';
import type { Assertion, Node } from './syntax.ts';

/**
 * The tree as source of an ECMAScript regular expression for the `u` flag and no other: case, line and dot flags are
 * already in the tree, so no modifiers are needed (Node 22 has none).
 */
export function emit(node: Node): string {
  switch (node.kind) {
    case 'empty':
      return '(?:)';
    case 'set':
      return emitSet(node.set);
    case 'sequence':
      return node.items.map(emitItem).join('');
    case 'choice':
      return node.items.map((item) => (item.kind === 'empty' ? '' : emit(item))).join('|');
    case 'group':
      return `(${node.item.kind === 'empty' ? '' : emit(node.item)})`;
    case 'repeat':
      return emitAtom(node.item) + quantifier(node.min, node.max) + (node.lazy ? '?' : '');
    case 'assert':
      return ASSERTIONS[node.at];
  }
}

/** An item of a sequence: only a choice needs brackets there. */
const emitItem = (node: Node): string => (node.kind === 'choice' ? `(?:${emit(node)})` : emit(node));

/** What a quantifier can stand behind. */
function emitAtom(node: Node): string {
  const bare = node.kind === 'set' || node.kind === 'group' || node.kind === 'empty';
  return bare ? emit(node) : `(?:${emit(node)})`;
}

const ASSERTIONS: Readonly<Record<Assertion, string>> = {
  textStart: '^',
  textEnd: '$',
  lineStart: '(?<![^\\n])',
  lineEnd: '(?![^\\n])',
  word: '\\b',
  notWord: '\\B',
};

function quantifier(min: number, max: number): string {
  if (min === 0 && max === 1) return '?';
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function emitSet(set: CharSet): string {
  if (set.length === 1 && set[0]?.[0] === set[0]?.[1]) return literal(set[0]?.[0] as number);
  if (equal(set, EVERYTHING)) return '[^]';
  if (equal(set, NOT_NEWLINE)) return '[^\\n]';
  if (equal(set, DIGIT)) return '\\d';
  if (equal(set, WORD)) return '\\w';
  const open = set.at(-1)?.[1] === MAX_CODE_POINT;
  return open ? `[^${ranges(negate(set))}]` : `[${ranges(set)}]`;
}

function ranges(set: CharSet): string {
  let text = '';
  for (const [from, to] of set) {
    text += inClass(from);
    if (to > from) text += (to > from + 1 ? '-' : '') + inClass(to);
  }
  return text;
}

function literal(point: number): string {
  const char = String.fromCodePoint(point);
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : printable(point);
}

function inClass(point: number): string {
  const char = String.fromCodePoint(point);
  return /[\\\]^[-]/.test(char) ? `\\${char}` : printable(point);
}

const NAMED: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };

function printable(point: number): string {
  if (point >= 32 && point < 127) return String.fromCharCode(point);
  return NAMED[point] ?? `\\u{${point.toString(16)}}`;
}
