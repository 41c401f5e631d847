import {
  Binary,
  ContextAccess,
  type Expr,
  FunctionCall,
  Grouping,
  IndexAccess,
  Literal,
  Logical,
  Star,
  Unary,
} from '@actions/expressions/ast';
import { SluiceError } from '#core/error.ts';
import type { Value } from '../workflow/model.ts';
import { FUNCTIONS, FunctionMistake } from './functions.ts';
import type { ExpressionNode } from './node.ts';
import type { Functions } from './scope.ts';
import { offsetOfNode } from './syntax.ts';
import { compare, equal, isList, isObject, isPrimitive, item, MAX_TEXT, property, textOf, truthy } from './value.ts';

/** One evaluation: what it can see, and how much text it may still make. */
export interface Run {
  readonly contexts: Readonly<Record<string, Value>>;
  readonly functions: Functions;
  left: number;
}

export const startRun = (contexts: Readonly<Record<string, Value>>, functions: Functions): Run => ({
  contexts,
  functions,
  left: MAX_TEXT,
});

/** What `.*` yields: an access to it is an access to each of its items. */
class Filtered {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** @throws SluiceError `expression-failed`, with the place in the file. */
export function interpret(expression: ExpressionNode, run: Run): Value {
  return plain(visit(expression.tree, { expression, run }));
}

interface Visit {
  readonly expression: ExpressionNode;
  readonly run: Run;
}

const plain = (value: Value | Filtered): Value => (value instanceof Filtered ? value.items : value);

function visit(node: Expr, here: Visit): Value | Filtered {
  if (node instanceof Literal) return literal(node);
  if (node instanceof ContextAccess) return property(here.run.contexts, node.name.lexeme);
  if (node instanceof IndexAccess) return access(node, here);
  if (node instanceof Grouping) return visit(node.group, here);
  if (node instanceof Unary) return !truthy(plain(visit(node.expr, here)));
  if (node instanceof Binary) return binary(node, here);
  if (node instanceof Logical) return logical(node, here);
  if (node instanceof FunctionCall) return call(node, here);
  throw new TypeError('an expression of an unknown kind');
}

/** The text of a literal is taken from the source: the library undoes only the first of its doubled quotes. */
function literal({ literal: data, token }: Literal): Value {
  if (token.lexeme.startsWith("'")) return token.lexeme.slice(1, -1).replaceAll("''", "'");
  return 'value' in data ? (data.value as Value) : null;
}

function logical({ operator, args }: Logical, here: Visit): Value {
  const stopsAt = operator.lexeme === '||';
  let result: Value = null;
  for (const arg of args) {
    result = plain(visit(arg, here));
    if (truthy(result) === stopsAt) break;
  }
  return result;
}

function binary({ left, operator, right }: Binary, here: Visit): boolean {
  const [a, b] = [plain(visit(left, here)), plain(visit(right, here))];
  switch (operator.lexeme) {
    case '==':
      return equal(a, b);
    case '!=':
      return !equal(a, b);
    case '<':
      return compare(a, b) < 0;
    case '<=':
      return compare(a, b) <= 0;
    case '>':
      return compare(a, b) > 0;
    default:
      return compare(a, b) >= 0;
  }
}

function access({ expr, index }: IndexAccess, here: Visit): Value | Filtered {
  const value = visit(expr, here);
  // Names of environment variables differ by case on Linux, and so does this context.
  const exact = expr instanceof ContextAccess && expr.name.lexeme.toLowerCase() === 'env';
  if (index instanceof Star) return new Filtered(value instanceof Filtered ? value.items.flatMap(each) : each(value));
  const key = plain(visit(index, here));
  if (!(value instanceof Filtered)) return member(value, key, exact) ?? null;
  return new Filtered(value.items.map((one) => member(one, key, false)).filter((one) => one !== undefined));
}

const each = (value: Value): readonly Value[] =>
  isPrimitive(value) ? [] : isList(value) ? value : Object.values(value as { readonly [key: string]: Value });

function member(value: Value, key: Value, exact: boolean): Value | undefined {
  if (isList(value)) return item(value, key) ?? undefined;
  if (isObject(value) && isPrimitive(key)) return property(value, textOf(key), exact) ?? undefined;
  return undefined;
}

function call(node: FunctionCall, here: Visit): Value {
  const name = node.functionName.lexeme.toLowerCase();
  if (name === 'case') return choose(node, here);
  const args = node.args.map((arg) => plain(visit(arg, here)));
  try {
    const result = (FUNCTIONS.get(name) ?? outside(node.functionName.lexeme, here.run.functions))(args);
    spend(result, here.run);
    return result;
  } catch (error) {
    throw located(error, node, here.expression);
  }
}

/** Only the value that is chosen is evaluated. */
function choose(node: FunctionCall, here: Visit): Value {
  for (let at = 0; at + 1 < node.args.length; at += 2) {
    const condition = plain(visit(node.args[at] as Expr, here));
    if (typeof condition !== 'boolean') {
      throw located(new FunctionMistake('a condition of `case` must be true or false'), node, here.expression);
    }
    if (condition) return plain(visit(node.args[at + 1] as Expr, here));
  }
  return plain(visit(node.args.at(-1) as Expr, here));
}

/** Functions that look at the job or the workspace. */
function outside(called: string, { status, hashFiles }: Functions): (args: readonly Value[]) => Value {
  const name = called.toLowerCase();
  if (name === 'always') return () => true;
  if (name === 'hashfiles' && hashFiles !== undefined) return (args) => hashFiles(args.map(textOf));
  if (status !== undefined && (name === 'success' || name === 'failure' || name === 'cancelled')) {
    return (args) => (typeof status === 'function' ? status(args.map(textOf)) : status) === name;
  }
  throw new FunctionMistake(`\`${called}\` cannot be used here`, 'It can be where a job or step is run.');
}

function spend(result: Value, run: Run): void {
  if (typeof result === 'string') run.left -= result.length;
  if (run.left < 0)
    throw new FunctionMistake(`an expression may make ${MAX_TEXT} characters of text`, 'Make less of it.');
}

function located(error: unknown, node: Expr, { text, at }: ExpressionNode): unknown {
  if (!(error instanceof FunctionMistake)) return error;
  return new SluiceError('expression-failed', error.message, { at: at(offsetOfNode(node, text)), hint: error.hint });
}
