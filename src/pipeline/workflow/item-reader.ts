import type { ObjectReader } from '@actions/workflow-parser/templates/object-reader';
import {
  BooleanToken,
  type LiteralToken,
  MappingToken,
  NullToken,
  NumberToken,
  SequenceToken,
  StringToken,
} from '@actions/workflow-parser/templates/tokens/index';
import type { TokenRange } from '@actions/workflow-parser/templates/tokens/token-range';
import { numberText } from '../expression/value.ts';
import type { YamlItem } from './yaml-items.ts';

/*
 * Our YAML behind the reader of the library. What the library believes to be lines are numbers of items, and what it
 * believes to be columns are offsets in their values: it passes both on without a change, also into the expressions that
 * it cuts out, so that every token and every mistake can be led back to the very character of the file. The library's own
 * reader keeps the indentation of a block in the value of an expression (`run: |`), which must not be run.
 */

/** An item's number and an offset in its value. */
export interface ItemPlace {
  readonly index: number;
  readonly offset: number;
  readonly endOffset: number;
}

export const placeOfRange = (range: TokenRange): ItemPlace => ({
  index: range.start.line,
  offset: range.start.column,
  endOffset: range.end.column,
});

/** A number that becomes a text (`env: { A: 1.10 }`) as the platform writes it. */
class PlainNumber extends NumberToken {
  override toString(): string {
    return numberText(this.value);
  }
}

export class ItemReader implements ObjectReader {
  readonly #items: readonly YamlItem[];
  #next = 0;

  constructor(items: readonly YamlItem[]) {
    this.#items = items;
  }

  allowLiteral(): LiteralToken | undefined {
    const item = this.#items[this.#next];
    if (item?.kind !== 'scalar') return undefined;
    const range = this.#range();
    this.#next += 1;
    const { value } = item;
    // Keys are texts, whatever they look like.
    if (item.isKey) return new StringToken(undefined, range, value === null ? '' : String(value), undefined);
    if (value === null) return new NullToken(undefined, range, undefined);
    if (typeof value === 'number') return new PlainNumber(undefined, range, value, undefined);
    if (typeof value === 'boolean') return new BooleanToken(undefined, range, value, undefined);
    return new StringToken(undefined, range, value, undefined);
  }

  allowSequenceStart(): SequenceToken | undefined {
    return this.#take('list') ? new SequenceToken(undefined, this.#range(-1), undefined) : undefined;
  }

  allowSequenceEnd(): boolean {
    return this.#take('end');
  }

  allowMappingStart(): MappingToken | undefined {
    return this.#take('mapping') ? new MappingToken(undefined, this.#range(-1), undefined) : undefined;
  }

  allowMappingEnd(): boolean {
    return this.#take('end');
  }

  validateStart(): void {
    // The items of one file are there from the start.
  }

  validateEnd(): void {
    // `yamlItems` closes everything that it opens.
  }

  #take(kind: YamlItem['kind']): boolean {
    const found = this.#items[this.#next]?.kind === kind;
    if (found) this.#next += 1;
    return found;
  }

  #range(step = 0): TokenRange {
    const place = { line: this.#next + step, column: 0 };
    return { start: place, end: place };
  }
}
