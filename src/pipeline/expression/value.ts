import type { Value } from '../workflow/model.ts';

/*
 * How values turn into one another, as GitHub's documentation of expressions says ("Operators" and "Literals"). The
 * library that parses the language does some of this as JavaScript would; where the two differ, GitHub's runner is right.
 */

/** Characters of a text or JSON that one evaluation may make: nested `format` calls would double it fifty times otherwise. */
export const MAX_TEXT = 16 * 2 ** 20;

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);
export const isObject = (value: Value): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isPrimitive = (value: Value): value is null | boolean | number | string =>
  value === null || typeof value !== 'object';

/** Null is empty, a list is `Array`, a mapping is `Object`: nobody wants those, but everybody gets the same. */
export function textOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return isList(value) ? 'Array' : 'Object';
}

/** At most fifteen digits, as `G15` of .NET writes them: `0.1`, `100`, `1E+15`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const [mantissa = '', exponentText = ''] = value.toExponential(14).split('e');
  const exponent = Number(exponentText);
  if (exponent > -5 && exponent < 15) return String(Number(value.toPrecision(15)));
  const digits = mantissa.includes('.') ? mantissa.replace(/0{1,14}$/, '').replace(/\.$/, '') : mantissa;
  return `${digits}E${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^0x[0-9a-fA-F]{1,16}$/;
const OCTAL = /^0o[0-7]{1,16}$/;

/** Null is 0, true is 1; a text is what it spells, NaN when it spells no number; lists and mappings are NaN. */
export function numberOf(value: Value): number {
  if (value === null) return 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'string') return Number.NaN;
  const text = value.trim();
  if (text === '') return 0;
  if (DECIMAL.test(text)) return Number(text);
  if (HEXADECIMAL.test(text) || OCTAL.test(text)) return signed(Number(text));
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  if (text === '-Infinity') return Number.NEGATIVE_INFINITY;
  return Number.NaN;
}

/** Hexadecimal and octal are read as 32 bits with a sign. */
const signed = (value: number): number => (value > 0xff_ff_ff_ff ? Number.NaN : value | 0);

/** Null, false, 0, NaN and the empty text are false; all else is true, empty lists and mappings as well. */
export const truthy = (value: Value): boolean =>
  typeof value === 'number' ? value !== 0 && !Number.isNaN(value) : value !== null && value !== false && value !== '';

/** For comparing without case: code unit by code unit, so that the length stays (`ß` is no `SS`, `ı` no `I`). */
export function upper(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII is meant.
  if (/^[\x00-\x7f]*$/.test(text)) return text.toUpperCase();
  let result = '';
  for (const character of text) {
    const changed = character === 'ı' ? character : character.toUpperCase();
    result += changed.length === character.length ? changed : character;
  }
  return result;
}

/** Texts are compared without case, unlike kinds as numbers; lists and mappings are equal only to themselves. */
export function equal(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return upper(left) === upper(right);
  if (left === null && right === null) return true;
  if (!(isPrimitive(left) && isPrimitive(right))) return left === right;
  return numberOf(left) === numberOf(right);
}

/** Less than 0, 0 or more; NaN when the two cannot be ordered, so that every comparison with it is false. */
export function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [upper(left), upper(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (!(isPrimitive(left) && isPrimitive(right))) return Number.NaN;
  const [a, b] = [numberOf(left), numberOf(right)];
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
}

/** The value of a key; keys are compared without case unless `exact`. Null when there is none. */
export function property(object: { readonly [key: string]: Value }, key: string, exact = false): Value {
  if (Object.hasOwn(object, key)) return object[key] ?? null;
  if (exact) return null;
  const wanted = upper(key);
  for (const candidate of Object.keys(object)) {
    if (candidate.length === key.length && upper(candidate) === wanted) return object[candidate] ?? null;
  }
  return null;
}

/** The item at a position: of a list by any value that counts as a whole number from 0. */
export function item(list: readonly Value[], index: Value): Value {
  const position = Math.floor(numberOf(index));
  return position >= 0 ? (list[position] ?? null) : null;
}
