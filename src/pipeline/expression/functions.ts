import type { Value } from '../workflow/model.ts';
import { equal, isList, isObject, isPrimitive, numberText, textOf, upper } from './value.ts';

/** What a function found wrong; the evaluator adds the place. */
export class FunctionMistake extends Error {
  /** What to do. */
  readonly hint: string;

  constructor(message: string, hint = 'Let a step print what it is given, with toJSON.') {
    super(message);
    this.hint = hint;
  }
}

export type ExpressionFunction = (args: readonly Value[]) => Value;

/** The functions that need nothing but their arguments, by name in lower case. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map<string, ExpressionFunction>([
  ['contains', contains],
  ['startswith', ([text = null, start = null]) => both(text, start, (a, b) => a.startsWith(b))],
  ['endswith', ([text = null, end = null]) => both(text, end, (a, b) => a.endsWith(b))],
  ['format', format],
  ['join', join],
  ['tojson', ([value = null]) => jsonText(value)],
  ['fromjson', fromJson],
]);

function both(left: Value, right: Value, holds: (left: string, right: string) => boolean): boolean {
  return isPrimitive(left) && isPrimitive(right) && holds(upper(textOf(left)), upper(textOf(right)));
}

function contains([where = null, what = null]: readonly Value[]): Value {
  if (isList(where)) return where.some((item) => equal(item, what));
  return both(where, what, (text, part) => text.includes(part));
}

function join([list = null, separator = ',']: readonly Value[]): Value {
  if (isPrimitive(list)) return textOf(list);
  return isList(list) ? list.map(textOf).join(isPrimitive(separator) ? textOf(separator) : ',') : '';
}

/** `{0}` is the first value after the text; `{{` and `}}` are braces. */
function format([pattern = null, ...values]: readonly Value[]): Value {
  const text = textOf(pattern);
  const parts: string[] = [];
  let from = 0;
  for (let at = brace(text, 0); at !== -1; at = brace(text, from)) {
    parts.push(text.slice(from, at));
    if (text[at + 1] === text[at]) {
      parts.push(text[at] as string);
      from = at + 2;
      continue;
    }
    const end = text.indexOf('}', at);
    const index = text.slice(at + 1, end);
    if (text[at] === '}' || end === -1 || !/^\d{1,5}$/.test(index)) {
      throw new FunctionMistake(
        'a brace in the text of `format` is written twice, or holds the number of a value',
        "As in `format('{{literal}} {0}', value)`.",
      );
    }
    if (Number(index) >= values.length) throw new FunctionMistake(`\`format\` was given no value for {${index}}`);
    parts.push(textOf(values[Number(index)] ?? null));
    from = end + 1;
  }
  return parts.join('') + text.slice(from);
}

function brace(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === '{' || text[at] === '}') return at;
  return -1;
}

function fromJson([value = null]: readonly Value[]): Value {
  const text = textOf(value);
  if (text.trim() === '') throw new FunctionMistake('`fromJSON` was given an empty text');
  try {
    return JSON.parse(text) as Value;
  } catch {
    // The message of the parser quotes the text, which may hold a secret.
    throw new FunctionMistake('`fromJSON` was given a text that is no JSON');
  }
}

const MAX_DEPTH = 100;
const OTHER_BREAKS = /[\u0085\u2028\u2029]/g;

/** JSON with two spaces a level; empty lists and mappings on one line. */
function jsonText(value: Value, depth = 0): string {
  if (depth > MAX_DEPTH) throw new FunctionMistake(`a value for \`toJSON\` may be nested ${MAX_DEPTH} deep`);
  if (typeof value === 'string') return quoted(value);
  if (isPrimitive(value)) return typeof value === 'number' ? numberText(value) : String(value);
  const items = isList(value)
    ? value.map((item) => jsonText(item, depth + 1))
    : Object.entries(value).map(([key, item]) => `${quoted(key)}: ${jsonText(item, depth + 1)}`);
  const [open, close] = isObject(value) ? '{}' : '[]';
  if (items.length === 0) return `${open}${close}`;
  const indent = '  '.repeat(depth + 1);
  return `${open}\n${items.map((item) => indent + item).join(',\n')}\n${'  '.repeat(depth)}${close}`;
}

const quoted = (text: string): string =>
  JSON.stringify(text).replace(
    OTHER_BREAKS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
