import { splitAllowedContext } from '@actions/workflow-parser/templates/allowed-context';
import type { BasicExpressionToken } from '@actions/workflow-parser/templates/tokens/basic-expression-token';
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import type { SequenceToken } from '@actions/workflow-parser/templates/tokens/sequence-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { isMapping, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import type { FilePosition } from '#core/error.ts';
import { asksForStatus, collectNames, type Names } from '../expression/names.ts';
import type { ExpressionNode, Node } from '../expression/node.ts';
import { type Grammar, parseExpression, SyntaxMistake } from '../expression/syntax.ts';
import { ofExpression, type Reading } from './mistakes.ts';
import type { Condition, Template } from './model.ts';
import { placeInValue, placeOf } from './place.ts';
import type { YamlItem } from './yaml-items.ts';

/** The item of the file that a token was made of. */
export function itemOf(token: TemplateToken, { items }: Reading): YamlItem {
  const item = items[token.range?.start.line ?? 0];
  if (item === undefined) throw new Error('a token without a place in the file');
  return item;
}

export const placeOfToken = (token: TemplateToken, reading: Reading): FilePosition =>
  placeOf(reading.source, itemOf(token, reading).start);

/** A value of the file with its expressions parsed. Mistakes in them were found by the library already. */
export function templateOf(token: TemplateToken, reading: Reading): Template {
  const names: Names = { contexts: new Set(), secrets: new Set() };
  const node = nodeOf(token, { reading, names });
  return template(textOf(token, reading), placeOfToken(token, reading), node, names);
}

function template(text: string, at: FilePosition, node: Node, names: Names): Template {
  return {
    text,
    at,
    literal: isLiteral(node),
    contexts: [...names.contexts].toSorted(),
    secrets: [...names.secrets].toSorted(),
    token: node,
  };
}

/** A value that the file leaves out and the language fills in. */
export const literalTemplate = (value: string, at: FilePosition): Template =>
  template(value, at, { kind: 'literal', value }, { contexts: new Set(), secrets: new Set() });

const NOTHING: Grammar = { contexts: [], functions: [{ name: 'success', minArgs: 0, maxArgs: 0 }] };

/** The condition of a job or step without an `if`. */
export const succeeded = (at: FilePosition): Condition =>
  template(
    'success()',
    at,
    expression('success()', NOTHING, () => at),
    { contexts: new Set(), secrets: new Set() },
  );

/** How a condition is read where its place in the language does not say it. */
interface ConditionRules {
  /** Whether `success()` guards it. */
  readonly guarded: boolean;
  /** Contexts and functions, as the library lists them. */
  readonly allowed?: readonly string[];
}

const STEP: ConditionRules = { guarded: true };

/**
 * An `if`: an expression with or without `${{ }}`. Text around a `${{ }}` makes a text of it, which is true whatever the
 * expression says; that is the platform's trap, kept. Unless it asks for the status, `success()` guards it.
 */
export function conditionOf(
  token: TemplateToken,
  reading: Reading,
  { guarded, allowed }: ConditionRules = STEP,
): Condition {
  const item = itemOf(token, reading);
  const at = placeOf(reading.source, item.start);
  const raw = String(item.value ?? '');
  if (raw.trim() === '') return succeeded(at);
  const names: Names = { contexts: new Set(), secrets: new Set() };
  const build: Build = { reading, names };
  try {
    const grammar = allowed === undefined ? grammarOf(token) : grammarFrom(allowed);
    const node = raw.includes('${{') ? nodeOf(token, build) : wholeExpression(raw, item, grammar, build);
    return template(raw, at, !guarded || withStatus(node) ? node : { kind: 'guarded', node }, names);
  } catch (error) {
    if (!(error instanceof SyntaxMistake)) throw error;
    const start = raw.length - raw.trimStart().length;
    const place = placeInValue(reading.source, item, start + error.offset);
    reading.mistakes.push(ofExpression(error, place, allowed ?? token.definitionInfo?.allowedContext ?? []));
    return succeeded(at);
  }
}

const withStatus = (node: Node): boolean =>
  node.kind === 'expression'
    ? asksForStatus(node.tree)
    : node.kind === 'text' && node.parts.some((part) => typeof part !== 'string' && asksForStatus(part.tree));

interface Build {
  readonly reading: Reading;
  readonly names: Names;
}

function wholeExpression(raw: string, item: YamlItem, grammar: Grammar, { reading, names }: Build): ExpressionNode {
  const start = raw.length - raw.trimStart().length;
  const node = expression(raw.trim(), grammar, (offset) => placeInValue(reading.source, item, start + offset));
  collectNames(node.tree, names);
  return node;
}

const expression = (text: string, grammar: Grammar, at: ExpressionNode['at']): ExpressionNode => ({
  kind: 'expression',
  text,
  tree: parseExpression(text, grammar),
  at,
});

const grammars = new WeakMap<readonly string[], Grammar>();

const grammarOf = (token: TemplateToken): Grammar => grammarFrom(token.definitionInfo?.allowedContext ?? []);

function grammarFrom(allowed: readonly string[]): Grammar {
  const known = grammars.get(allowed);
  if (known !== undefined) return known;
  const { namedContexts, functions } = splitAllowedContext([...allowed]);
  const grammar = { contexts: namedContexts, functions };
  grammars.set(allowed, grammar);
  return grammar;
}

function nodeOf(token: TemplateToken, build: Build): Node {
  if (isSequence(token)) {
    return { kind: 'list', items: children(token).map((item) => nodeOf(item, build)) };
  }
  if (isMapping(token)) {
    const entries = pairs(token).map(({ key, value }) => ({
      key: isInsert(key) ? ('insert' as const) : nodeOf(key, build),
      value: nodeOf(value, build),
    }));
    return { kind: 'map', entries };
  }
  if (token.isExpression) return scalarNode(token as BasicExpressionToken, build);
  const { value = null } = token as { readonly value?: null | boolean | number | string };
  return { kind: 'literal', value };
}

/** Cut anew: the library joins the parts of a text in a call of `format` that undoes quotes and braces wrongly. */
function scalarNode(token: BasicExpressionToken, build: Build): Node {
  const item = itemOf(token, build.reading);
  const parts = splitValue(String(item.value)).map((part) => {
    if (typeof part === 'string') return part;
    const start = part.start + part.raw.length - part.raw.trimStart().length;
    const at = (offset: number): FilePosition => placeInValue(build.reading.source, item, start + offset);
    const node = expression(part.raw.trim(), grammarOf(token), at);
    collectNames(node.tree, build.names);
    return node;
  });
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'object') return first;
  return { kind: 'text', parts };
}

interface RawExpression {
  readonly raw: string;
  readonly start: number;
}

/** Text and expressions by turns; quotes within an expression may hold braces. */
function splitValue(value: string): (string | RawExpression)[] {
  const parts: (string | RawExpression)[] = [];
  let from = 0;
  for (let open = value.indexOf('${{'); open !== -1; open = value.indexOf('${{', from)) {
    if (open > from) parts.push(value.slice(from, open));
    const close = endOfExpression(value, open + 3);
    parts.push({ raw: value.slice(open + 3, close), start: open + 3 });
    from = close + 2;
  }
  if (from < value.length) parts.push(value.slice(from));
  return parts;
}

function endOfExpression(value: string, from: number): number {
  let quoted = false;
  for (let at = from; at < value.length; at += 1) {
    if (value[at] === "'") quoted = !quoted;
    else if (!quoted && value[at] === '}' && value[at + 1] === '}') return at;
  }
  return value.length;
}

export const children = (token: SequenceToken): TemplateToken[] =>
  Array.from({ length: token.count }, (_, index) => token.get(index));

export const pairs = (token: MappingToken): { readonly key: TemplateToken; readonly value: TemplateToken }[] =>
  Array.from({ length: token.count }, (_, index) => token.get(index));

/** The key `${{ insert }}`. */
export const isInsert = (key: TemplateToken): boolean => 'directive' in key && key.directive === 'insert';

const isLiteral = (node: Node): boolean => {
  if (node.kind === 'literal') return true;
  if (node.kind === 'list') return node.items.every(isLiteral);
  return (
    node.kind === 'map' &&
    node.entries.every(({ key, value }) => key !== 'insert' && isLiteral(key) && isLiteral(value))
  );
};

/** As written, for a scalar; the items of a list, the keys of a mapping. */
function textOf(token: TemplateToken, reading: Reading): string {
  if (isSequence(token))
    return children(token)
      .map((one) => textOf(one, reading))
      .join(', ');
  if (isMapping(token))
    return pairs(token)
      .map(({ key }) => textOf(key, reading))
      .join(', ');
  return String(itemOf(token, reading).value ?? '');
}
