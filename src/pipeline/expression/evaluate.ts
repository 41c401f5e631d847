import { SluiceError } from '#core/error.ts';
import type { Condition, Template, TemplateMap, Value } from '../workflow/model.ts';
import { interpret, type Run, startRun } from './interpret.ts';
import { INSERT, type MapNode, type Node, nodeOf } from './node.ts';
import type { Contexts, Functions, Status } from './scope.ts';
import { isObject, isPrimitive, numberOf, textOf, truthy } from './value.ts';

/**
 * The value of a template: a scalar that is one `${{ }}` keeps the type of its expression, text around it makes it text,
 * lists and mappings are evaluated item by item.
 *
 * @throws SluiceError `expression-failed` at the line and column of the part that failed.
 */
export function evaluate(template: Template, contexts: Contexts, functions: Functions = {}): Value {
  return valueOfNode(nodeOf(template), startRun(contexts, functions));
}

/**
 * The value as text, which is what almost every place of a workflow wants.
 *
 * @throws SluiceError `expression-failed`, `value-not-text` for a list or mapping.
 */
export function evaluateText(template: Template, contexts: Contexts, functions: Functions = {}): string {
  const value = evaluate(template, contexts, functions);
  if (isPrimitive(value)) return textOf(value);
  throw wrong(template, 'value-not-text', 'a text was expected, and this is a list or a mapping');
}

/** Null and the empty text are `false`. @throws SluiceError `expression-failed`, `value-not-boolean`. */
export function evaluateBoolean(template: Template, contexts: Contexts, functions: Functions = {}): boolean {
  const value = evaluate(template, contexts, functions);
  if (typeof value === 'boolean') return value;
  if (value === 'true') return true;
  if (value === 'false' || value === '' || value === null) return false;
  throw wrong(template, 'value-not-boolean', 'true or false was expected');
}

/** @throws SluiceError `expression-failed`, `value-not-number`. */
export function evaluateNumber(template: Template, contexts: Contexts, functions: Functions = {}): number {
  const value = evaluate(template, contexts, functions);
  const number = value === null || value === '' ? Number.NaN : numberOf(value);
  if (Number.isFinite(number)) return number;
  throw wrong(template, 'value-not-number', 'a number was expected');
}

/**
 * A mapping of texts (`env`, `with`, `outputs`), in the order of the file; where a key comes twice the last one counts.
 * The result has no prototype, so that no key of the file means anything to JavaScript.
 *
 * @throws SluiceError `expression-failed`, `value-not-text`
 */
export function evaluateMap(map: TemplateMap, contexts: Contexts, functions: Functions = {}): Record<string, string> {
  const result = Object.create(null) as Record<string, string>;
  for (const { key, value } of map) {
    if (key !== INSERT) {
      result[key] = evaluateText(value, contexts, functions);
      continue;
    }
    const inserted = evaluate(value, contexts, functions);
    if (inserted === null || inserted === '') continue;
    if (!isObject(inserted)) throw wrong(value, 'value-not-mapping', 'a mapping was expected');
    for (const [name, one] of Object.entries(inserted)) {
      if (!isPrimitive(one)) throw wrong(value, 'value-not-text', `\`${name}\` must be a text`);
      result[name] = textOf(one);
    }
  }
  return result;
}

/**
 * Whether a job or step runs. `status` is that of the job so far (for a step), or of all that the job needs (for a job).
 *
 * @throws SluiceError `expression-failed`
 */
export function evaluateCondition(
  condition: Condition,
  contexts: Contexts,
  status: NonNullable<Functions['status']> | Status,
  functions: Functions = {},
): boolean {
  return truthy(evaluate(condition, contexts, { ...functions, status }));
}

function valueOfNode(node: Node, run: Run): Value {
  switch (node.kind) {
    case 'literal':
      return node.value;
    case 'expression':
      return interpret(node, run);
    case 'text':
      return node.parts.map((part) => (typeof part === 'string' ? part : textOf(interpret(part, run)))).join('');
    case 'list':
      return node.items.map((item) => valueOfNode(item, run));
    case 'map':
      return mapOf(node, run);
    case 'guarded':
      return succeeded(run) ? valueOfNode(node.node, run) : false;
  }
}

function succeeded({ functions: { status } }: Run): boolean {
  return (typeof status === 'function' ? status([]) : status) === 'success';
}

function mapOf(node: MapNode, run: Run): Value {
  const result = Object.create(null) as Record<string, Value>;
  for (const { key, value } of node.entries) {
    const evaluated = valueOfNode(value, run);
    if (key !== 'insert') result[textOf(valueOfNode(key, run))] = evaluated;
    else if (isObject(evaluated)) Object.assign(result, evaluated);
  }
  return result;
}

const wrong = (template: Template, code: string, message: string): SluiceError =>
  new SluiceError(code, message, { at: template.at, hint: 'Look at what the expression yields, with toJSON.' });
