import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { isMapping, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import type { FilePosition } from '#core/error.ts';
import { INSERT } from '../expression/node.ts';
import type { Reading } from './mistakes.ts';
import type { Template, TemplateMap } from './model.ts';
import { children, isInsert, itemOf, pairs, placeOfToken, templateOf } from './template.ts';

/**
 * A mapping of the file while it is turned into the model. The library has checked its form before, and a file with a
 * mistake is not given to anyone, so that what does not fit here may be passed over.
 */
export class Fields {
  readonly reading: Reading;
  readonly at: FilePosition;
  readonly #token: TemplateToken | undefined;
  readonly #values = new Map<string, { readonly key: TemplateToken; readonly value: TemplateToken }>();

  constructor(token: TemplateToken | undefined, reading: Reading) {
    this.reading = reading;
    this.#token = token;
    this.at = token === undefined ? { file: reading.source.file } : placeOfToken(token, reading);
    if (token === undefined || !isMapping(token)) return;
    for (const pair of pairs(token)) this.#values.set(keyText(pair.key, reading), pair);
  }

  /** The scalar itself, where the place holds a scalar or a list and no mapping. */
  get short(): TemplateToken | undefined {
    return this.#token === undefined || isMapping(this.#token) ? undefined : this.#token;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  token(key: string): TemplateToken | undefined {
    return this.#values.get(key)?.value;
  }

  fields(key: string): Fields {
    return new Fields(this.token(key), this.reading);
  }

  /** Where the value of a key stands, or the mapping when there is none. */
  place(key: string): FilePosition {
    const token = this.token(key);
    return token === undefined ? this.at : placeOfToken(token, this.reading);
  }

  placeOfKey(key: string): FilePosition {
    const token = this.#values.get(key)?.key;
    return token === undefined ? this.at : placeOfToken(token, this.reading);
  }

  template(key: string): Template | undefined {
    const token = this.token(key);
    return token === undefined || isNull(token) ? undefined : templateOf(token, this.reading);
  }

  /** A text without expressions. */
  text(key: string): string | undefined {
    const token = this.token(key);
    return token === undefined || isNull(token) ? undefined : textOf(token, this.reading);
  }

  flag(key: string): boolean {
    return this.text(key) === 'true';
  }

  /** One text or a list of them. */
  texts(key: string): readonly string[] | undefined {
    const token = this.token(key);
    return token === undefined ? undefined : listOf(token).map((item) => textOf(item, this.reading));
  }

  templates(key: string): readonly Template[] {
    const token = this.token(key);
    return token === undefined || !isSequence(token) ? [] : children(token).map((one) => templateOf(one, this.reading));
  }

  map(key: string): TemplateMap {
    return templateMap(this.token(key), this.reading);
  }

  entries(): readonly { readonly key: string; readonly keyToken: TemplateToken; readonly value: TemplateToken }[] {
    return [...this.#values].map(([key, pair]) => ({ key, keyToken: pair.key, value: pair.value }));
  }
}

/** A mapping whose values are templates; an expression in its place is one entry that is put in. */
function templateMap(token: TemplateToken | undefined, reading: Reading): TemplateMap {
  if (token === undefined || isNull(token)) return [];
  if (!isMapping(token)) return token.isExpression ? [{ key: INSERT, value: templateOf(token, reading) }] : [];
  return mappingOf(token, reading);
}

const mappingOf = (token: MappingToken, reading: Reading): TemplateMap =>
  pairs(token).map(({ key, value }) => ({ key: keyText(key, reading), value: templateOf(value, reading) }));

const keyText = (key: TemplateToken, reading: Reading): string => (isInsert(key) ? INSERT : textOf(key, reading));

export function textOf(token: TemplateToken, reading: Reading): string {
  if ('value' in token && (typeof token.value === 'string' || typeof token.value === 'number'))
    return String(token.value);
  return String(itemOf(token, reading).value ?? '');
}

export const listOf = (token: TemplateToken): readonly TemplateToken[] =>
  isSequence(token) ? children(token) : [token];

const NULL = 7;
export const isNull = (token: TemplateToken): boolean => token.templateTokenType === NULL;

/** `{ [key]: value }`, or nothing when there is no value: for optional properties. */
export function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
