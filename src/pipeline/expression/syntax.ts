import { Lexer, Parser } from '@actions/expressions';
import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Unary,
} from '@actions/expressions/ast';
import { ErrorType, ExpressionError, MAX_EXPRESSION_LENGTH, MAX_PARSER_DEPTH } from '@actions/expressions/errors';

/** What may be named at a place of the file: contexts, and functions beside those that can be used everywhere. */
export interface Grammar {
  readonly contexts: readonly string[];
  readonly functions: readonly { readonly name: string; readonly minArgs: number; readonly maxArgs: number }[];
}

/** A mistake inside one expression; `offset` counts in its text, from 0. */
export class SyntaxMistake extends Error {
  readonly offset: number;
  /** The unknown word, where that is the mistake. */
  readonly unknown: { readonly kind: 'context' | 'function'; readonly word: string } | undefined;

  /** What to do, where it is known. */
  readonly hint: string | undefined;

  constructor(message: string, offset: number, more: Pick<Partial<SyntaxMistake>, 'unknown' | 'hint'> = {}) {
    super(message);
    this.offset = offset;
    this.unknown = more.unknown;
    this.hint = more.hint;
  }
}

/**
 * The tree of an expression without its `${{ }}`.
 *
 * @throws SyntaxMistake
 */
export function parseExpression(text: string, grammar: Grammar): Expr {
  try {
    const { tokens } = new Lexer(text).lex();
    const functions = grammar.functions.map((one) => ({ ...one, call: never }));
    const tree = new Parser(tokens, [...grammar.contexts], functions).parse();
    if (tree === undefined) throw new SyntaxMistake('an expression is missing', 0);
    return tree;
  } catch (error) {
    throw mistakeOf(error, text);
  }
}

const never = (): never => {
  throw new Error('functions of the library are not called');
};

/** A mistake that the library found, in our words. */
export function mistakeOf(error: unknown, text: string): SyntaxMistake {
  if (error instanceof SyntaxMistake) return error;
  if (error instanceof ExpressionError) return ofToken(error as unknown as TokenMistake, text);
  const message = error instanceof Error ? error.message : '';
  if (message === 'ErrorExceededMaxLength') {
    return new SyntaxMistake(`an expression may have ${MAX_EXPRESSION_LENGTH} characters`, 0);
  }
  const position = /Located at position (\d{1,9})/.exec(message)?.[1];
  const offset = position === undefined ? 0 : Number(position) - 1;
  return new SyntaxMistake(
    text[offset] === "'" ? 'this text has no closing quote' : `\`${wordAt(text, offset)}\` is not part of the language`,
    offset,
  );
}

/** What the library keeps private; `tok` is missing where there is no token at all. */
interface TokenMistake {
  readonly typ: ErrorType;
  readonly tok: { readonly lexeme: string; readonly range: { readonly start: Place } } | undefined;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function ofToken({ typ, tok }: TokenMistake, text: string): SyntaxMistake {
  const word = tok?.lexeme ?? '';
  const offset = tok === undefined ? 0 : offsetOf(text, tok.range.start);
  switch (typ) {
    case ErrorType.ErrorUnexpectedEndOfExpression:
      return new SyntaxMistake('the expression ends too early', offset, { hint: UNFINISHED });
    case ErrorType.ErrorExceededMaxDepth:
      return new SyntaxMistake(`an expression may be nested ${MAX_PARSER_DEPTH} deep`, offset);
    case ErrorType.ErrorTooFewParameters:
      return new SyntaxMistake(`\`${word}\` needs more arguments`, offset, usage(word));
    case ErrorType.ErrorTooManyParameters:
      return new SyntaxMistake(`\`${word}\` takes fewer arguments`, offset, usage(word));
    case ErrorType.ErrorEvenParameters:
      return new SyntaxMistake(
        `\`${word}\` takes pairs of a condition and a value, then one value for the rest`,
        offset,
      );
    case ErrorType.ErrorUnrecognizedContext:
    case ErrorType.ErrorUnrecognizedNamedValue:
      return new SyntaxMistake(`\`${word}\` cannot be used here`, offset, { unknown: { kind: 'context', word } });
    case ErrorType.ErrorUnrecognizedFunction:
      return new SyntaxMistake(`there is no function \`${word}\` here`, offset, {
        unknown: { kind: 'function', word },
      });
    default:
      return new SyntaxMistake(word === '' ? 'the expression ends too early' : `\`${word}\` was not expected`, offset);
  }
}

const UNFINISHED = 'Something is missing at its end: a value, or a closing bracket.';

/** How the functions are called. */
const USAGE: ReadonlyMap<string, string> = new Map([
  ['contains', 'contains(where, what)'],
  ['startswith', 'startsWith(text, start)'],
  ['endswith', 'endsWith(text, end)'],
  ['format', "format('{0} and {1}', first, second)"],
  ['join', "join(list, ', ')"],
  ['tojson', 'toJSON(value)'],
  ['fromjson', 'fromJSON(text)'],
  ['hashfiles', "hashFiles('**/package-lock.json')"],
  ['case', 'case(condition, value, otherwise)'],
]);

function usage(word: string): { readonly hint: string } {
  return { hint: `It is called as in \`${USAGE.get(word.toLowerCase()) ?? `${word}()`}\`.` };
}

function offsetOf(text: string, { line, column }: Place): number {
  let start = 0;
  for (let left = line; left > 0; left -= 1) start = text.indexOf('\n', start) + 1;
  return Math.max(0, Math.min(start + column, text.length));
}

const wordAt = (text: string, offset: number): string => /^\S{1,40}/.exec(text.slice(offset))?.[0] ?? '';

/** Where a node of the tree stands in the text of its expression. */
export function offsetOfNode(node: Expr, text: string): number {
  if (node instanceof FunctionCall) return offsetOf(text, node.functionName.range.start);
  if (node instanceof ContextAccess) return offsetOf(text, node.name.range.start);
  if (node instanceof Literal) return offsetOf(text, node.token.range.start);
  if (node instanceof IndexAccess) return offsetOfNode(node.expr, text);
  return 0;
}

/** The nodes directly below one. */
export function childrenOf(node: Expr): readonly Expr[] {
  if (node instanceof Binary) return [node.left, node.right];
  if (node instanceof Logical || node instanceof FunctionCall) return node.args;
  if (node instanceof Unary) return [node.expr];
  if (node instanceof Grouping) return [node.group];
  if (node instanceof IndexAccess) return [node.expr, node.index];
  return [];
}
