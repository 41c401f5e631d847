import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context';
import type { TokenRange } from '@actions/workflow-parser/templates/tokens/token-range';
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer';
import { type FilePosition, SluiceError } from '#core/error.ts';
import { mistakeOf, type SyntaxMistake } from '../expression/syntax.ts';
import { alternatives, type Expectation, expectationAt, suggestion } from './expectation.ts';
import { placeOfRange } from './item-reader.ts';
import type { Language } from './language.ts';
import { placeInValue, placeOf } from './place.ts';
import type { SourceFile, YamlItem } from './yaml-items.ts';

/** What is read, and what was found wrong so far. */
export interface Reading {
  readonly source: SourceFile;
  readonly items: readonly YamlItem[];
  readonly language: Language;
  readonly mistakes: SluiceError[];
}

/** Past this nobody reads on; the file is not a workflow. */
const MOST_MISTAKES = 100;
const FUNCTIONS = ['contains', 'startsWith', 'endsWith', 'format', 'join', 'toJSON', 'fromJSON', 'case'];

/** What the library calls with each mistake that it finds, in words of its own. */
export class MistakeContext extends TemplateContext {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    super(new TemplateValidationErrors(), reading.language.schema, new NoOperationTraceWriter());
    this.#reading = reading;
  }

  override error(
    token: { readonly range?: TokenRange | undefined } | number | undefined,
    err: unknown,
    range?: TokenRange,
  ): void {
    const { mistakes } = this.#reading;
    if (mistakes.length >= MOST_MISTAKES) return;
    const found = range ?? (typeof token === 'object' ? token.range : undefined);
    mistakes.push(describe(found, err, this.#reading));
  }
}

function describe(range: TokenRange | undefined, err: unknown, reading: Reading): SluiceError {
  const said = err instanceof Error ? err.message : String(err);
  const place = range === undefined ? undefined : placeOfRange(range);
  const item = place === undefined ? undefined : reading.items[place.index];
  if (place === undefined || item === undefined)
    return invalid(said, { file: reading.source.file, line: 1, column: 1 });
  const expected = expectationAt(reading.language, item.isKey ? (item.path.parent ?? item.path) : item.path);
  if (place.endOffset > place.offset && err instanceof Error) {
    const value = String(item.value);
    const inside = value.slice(place.offset + 3, place.endOffset - 2);
    const start = place.offset + 3 + inside.length - inside.trimStart().length;
    const mistake = mistakeOf(err, inside.trim());
    return ofExpression(mistake, placeInValue(reading.source, item, start + mistake.offset), expected.contexts);
  }
  return ofStructure(said, item, expected, placeOf(reading.source, item.start));
}

/** A mistake inside `${{ }}`, or inside an `if`. `allowed` is what the language allows there, as the library lists it. */
export function ofExpression(mistake: SyntaxMistake, at: FilePosition, allowed: readonly string[]): SluiceError {
  const { unknown } = mistake;
  const functions = [...FUNCTIONS, ...allowed.filter((one) => one.includes('(')).map((one) => one.replace(/\(.*/, ''))];
  const known = unknown?.kind === 'function' ? functions : allowed.filter((one) => !one.includes('('));
  const hint = unknown === undefined ? mistake.hint : (suggestion(unknown.word, known) ?? NO_EXPRESSION);
  return new SluiceError('expression-invalid', `in this expression ${mistake.message}`, {
    at,
    hint: hint ?? 'Texts stand in single quotes; a quote within one is written twice.',
  });
}

const NO_EXPRESSION = 'No context can be used here.';

export const invalid = (message: string, at: FilePosition, hint?: string): SluiceError =>
  new SluiceError('workflow-invalid', message, { at, ...(hint === undefined ? {} : { hint }) });

function ofStructure(said: string, item: YamlItem, expected: Expectation, at: FilePosition): SluiceError {
  const instead = `Expected here: ${alternatives(expected.values)}.`;
  if (said.startsWith('Unexpected value')) {
    return item.isKey ? unknownKey(String(item.value), expected, at) : unknownValue(item, expected, at);
  }
  if (said === 'A sequence was not expected') return invalid('a list cannot stand here', at, instead);
  if (said === 'A mapping was not expected')
    return invalid('a mapping cannot stand here', at, mergeHint(item) ?? instead);
  const missing = /^Required property is missing: (.*)$/.exec(said)?.[1];
  if (missing !== undefined) return invalid(`\`${missing}\` is missing`, at, `Add \`${missing}:\` to this mapping.`);
  const oneOf = /Add one of these properties: (.*)$/.exec(said)?.[1];
  if (oneOf !== undefined) {
    const known = oneOf.split(', ');
    const deciding = known.includes('run') && known.includes('uses') ? ['run', 'uses'] : known;
    const keys = alternatives(deciding.map((key) => `\`${key}\``));
    return invalid(`one of ${keys} is missing`, at, 'It decides what the rest of this mapping means.');
  }
  if (said.endsWith('is already defined')) {
    return invalid(`\`${item.value}\` is given twice`, at, 'Keys are compared without case. Keep one of them.');
  }
  if (said.startsWith('A template expression is not allowed')) {
    return invalid('an expression cannot be used here', at, 'Write the value itself.');
  }
  if (said.startsWith('The expression is not closed')) {
    return invalid('`${{` is not closed', at, 'Close it with `}}`; a text within it needs both of its quotes.');
  }
  return invalid(said, at, instead);
}

function unknownKey(key: string, expected: Expectation, at: FilePosition): SluiceError {
  if (key === '<<') return invalid('merge keys are not part of the language', at, 'Write an alias as the whole value.');
  if (expected.keys.includes(key)) {
    return invalid(`\`${key}\` cannot stand beside the other keys of this mapping`, at, 'Keep what belongs together.');
  }
  return invalid(`unknown key \`${key}\``, at, suggestion(key, expected.keys) ?? 'Take it away.');
}

function unknownValue({ value }: YamlItem, { values }: Expectation, at: FilePosition): SluiceError {
  const expected = alternatives(values);
  if (value === null || value === '')
    return invalid(`a value is missing: expected ${expected}`, at, 'Write it behind the colon.');
  const words = values.filter((one) => one.startsWith('`')).map((one) => one.slice(1, -1));
  const hint = suggestion(String(value), words);
  return invalid(
    `\`${String(value).slice(0, 100)}\` cannot stand here: expected ${expected}`,
    at,
    hint ?? `Write ${expected}.`,
  );
}

const mergeHint = (item: YamlItem): string | undefined =>
  item.path.key === '<<' ? 'Merge keys are not part of the language: write an alias as the whole value.' : undefined;
