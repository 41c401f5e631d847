import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { closest, distance } from 'fastest-levenshtein';
import { EVIDENCE_NAMES } from './evidence-words.ts';
import { VOCABULARY } from './vocabulary.ts';

/** What is wrong with an expression, in words, and where it starts in it. */
export interface Mistake {
  readonly message: string;
  readonly offset: number;
  readonly hint: string | undefined;
}

/** What the library says of an expression that does not compile, with what its author may have meant. */
export function mistakeOf(environment: Environment, source: string, error: unknown): Mistake {
  const { message, range } = error as { message: string; range?: { start: number; end: number } };
  const [summary = message] = message.split('\n');
  const offset = Math.min(range?.start ?? 0, source.length);
  const variable = /^Unknown variable: (\S+)$/.exec(summary)?.[1];
  if (variable !== undefined)
    return { message: summary, offset, hint: meant(variable, VARIABLES) ?? macroMeant(source) };
  const key = /^No such key: (\S+)$/.exec(summary)?.[1];
  if (key !== undefined) return { message: summary, offset: lastOf(source, key, range), hint: meant(key, FIELDS) };
  const called = /^found no matching overload for '(?:.*\.)?(\w+)\(/.exec(summary)?.[1];
  if (called !== undefined)
    return { message: summary, offset: lastOf(source, called, range), hint: functionMeant(environment, called) };
  return { message: summary, offset, hint: operatorMeant(source, offset) };
}

const LISTS = ['findings', 'suppressed', 'problems'];
const VARIABLES = ['finding', 'problem', 'context', 'evidence', ...LISTS, 'now', ...VOCABULARY.scale];
const FIELDS = [
  ...[VOCABULARY.finding, VOCABULARY.problem, VOCABULARY.context].flatMap((fields) => Object.keys(fields)),
  ...EVIDENCE_NAMES,
];
const MACROS = ['all', 'exists', 'exists_one', 'filter', 'map', 'has'];

/** Of what is called on a list with a name of its own, the library complains only of that name. */
function macroMeant(source: string): string | undefined {
  const called = [...source.matchAll(/\.(\w+)\(\s*\w+\s*,/g)].map(([, name = '']) => name);
  const wrong = called.find((name) => !MACROS.includes(name));
  return wrong === undefined ? undefined : meant(wrong, MACROS);
}

function functionMeant(environment: Environment, called: string): string | undefined {
  const known = new Set(environment.getDefinitions().functions.map(({ name }) => name));
  return known.has(called) ? 'Look at the types of what it is given.' : meant(called, [...known, ...MACROS]);
}

/** What people write who come from another language. */
const OPERATORS: readonly (readonly [wrong: RegExp, hint: string])[] = [
  [/^=(?!=)/, 'Compare with `==`.'],
  [/\band\b/, 'Write `&&` for "and".'],
  [/\bor\b/, 'Write `||` for "or".'],
  [/\bnot\b/, 'Write `!` for "not".'],
];

const operatorMeant = (source: string, offset: number): string | undefined =>
  OPERATORS.find(([wrong]) =>
    wrong.test(source.slice(Math.max(0, wrong.source.startsWith('^') ? offset : offset - 4))),
  )?.[1];

/** A third of the letters may be wrong: two of four are swapped ones, two of three are another word. */
function meant(word: string, known: readonly string[]): string | undefined {
  // By its own letters first: `high` is HIGH.
  const same = known.find((name) => name.toLowerCase() === word.toLowerCase());
  const best = same ?? closest(word, [...known]);
  const near = same !== undefined || distance(word, best) <= Math.ceil(word.length / 3);
  return near ? `Did you mean \`${best}\`?` : undefined;
}

/** Where a name stands within a range: the last one, because what is before it is what it belongs to. */
function lastOf(source: string, name: string, range: { start: number; end: number } | undefined): number {
  const { start, end } = range ?? { start: 0, end: source.length };
  const at = source.slice(0, end).lastIndexOf(name);
  return at < start ? Math.min(start, source.length) : at;
}

/** Words that a field is never equal to make a rule that never holds: a mistake, like a misspelt field. */
export function misspeltValue(ast: ASTNode, values: ReadonlyMap<string, readonly string[]>): Mistake | undefined {
  const waiting: unknown[] = [ast];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...node);
    else if (isNode(node)) {
      const mistake = misspeltIn(node, values);
      if (mistake !== undefined) return mistake;
      waiting.push(node.args);
    }
  }
  return undefined;
}

function misspeltIn({ op, args }: Node, values: ReadonlyMap<string, readonly string[]>): Mistake | undefined {
  if ((op !== '==' && op !== '!=' && op !== 'in') || !Array.isArray(args)) return undefined;
  const [left, right] = args as [unknown, unknown];
  const field = fieldOf(left) ?? (op === 'in' ? undefined : fieldOf(right));
  const known = field === undefined ? undefined : values.get(field);
  if (known === undefined) return undefined;
  const wrong = [...literalsIn(left), ...literalsIn(right)].find(({ word }) => !known.includes(word));
  if (wrong === undefined) return undefined;
  const hint = meant(wrong.word, known) ?? `There are: ${known.filter((word) => word !== '').join(', ')}.`;
  return { message: `\`${field}\` is never "${wrong.word}"`, offset: wrong.offset, hint };
}

/** `finding.family` or `evidence.scan.verdict`, for an access by that name to a variable or to a field of one. */
function fieldOf(node: unknown): string | undefined {
  if (!isNode(node) || node.op !== '.' || !Array.isArray(node.args)) return undefined;
  const [holder, name] = node.args as [unknown, unknown];
  const above = isNode(holder) && holder.op === 'id' ? String(holder.args) : fieldOf(holder);
  return above === undefined ? undefined : `${above}.${String(name)}`;
}

function literalsIn(node: unknown): { readonly word: string; readonly offset: number }[] {
  if (!isNode(node)) return [];
  if (node.op === 'list' && Array.isArray(node.args)) return node.args.flatMap(literalsIn);
  return node.op === 'value' && typeof node.args === 'string'
    ? [{ word: node.args, offset: node.range?.start ?? 0 }]
    : [];
}

interface Node {
  readonly op: string;
  readonly args: unknown;
  readonly range?: { readonly start: number };
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value;
