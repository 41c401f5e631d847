import type { Span } from '#core/secret.ts';
import { isBreak, isQuote, isSpace, kindOf, OTHER } from './characters.ts';

/** How a value is bound to its name. */
export type Binding =
  /** `=`, `:`, `=>`, `:=`, a header, an element: the value belongs to the name. */
  | 'assigned'
  /** `"name", "value"` or `setName("value")`: it probably does. */
  | 'argument'
  /** `==`, `!=`: somebody compares with it. */
  | 'compared';

export interface Value {
  readonly span: Span;
  readonly quoted: boolean;
  readonly binding: Binding;
}

const LONGEST = 512;
/** Of `Basic` to `Bearer`, with what else may stand there. */
const SHORTEST_SCHEME = 5;
const LONGEST_SCHEME = 8;
const SPACE = 32;
const MINUS = 45;
const BACKSLASH = 92;
const SLASH = 47;
const EQUALS = 61;
const COLON = 58;
const LESS = 60;
const MORE = 62;
const COMMA = 44;
const OPEN = 40;

/**
 * Where bare values of one text end. Remembers the last one, so that of a thousand names in one endless word each does not
 * walk through the same characters again: ask in ascending order.
 */
export class BareEnds {
  #from = 0;
  /** Nothing of `#from <= i < #to` ends a bare value. */
  #to = 0;
  /** Characters looked at so far. */
  looked = 0;

  /** The end of the bare value that begins at `from`; no more than {@link LONGEST} + 1 characters behind it. */
  after(text: string, from: number): number {
    const known = this.#from <= from && from <= this.#to;
    const most = Math.min(text.length, from + LONGEST + 1);
    let end = known ? Math.min(this.#to, most) : from;
    const first = end;
    while (end < most && !endsBare(text.charCodeAt(end))) end++;
    this.looked += end - first + 1;
    if (!known) this.#from = from;
    this.#to = known ? Math.max(this.#to, end) : end;
    return end;
  }
}

/** The literal that is bound to the name at `name`, in whatever language or format; `undefined` where there is none. */
export function valueAfter(text: string, name: Span, ends: BareEnds): Value | undefined {
  const start = name.start;
  let at = name.end;
  const opened = text.charCodeAt(start - 1);
  const closed = skipClosing(text, at);
  const nameQuoted = closed > at && isQuote(opened);
  at = closed;
  if (text.charCodeAt(at) === MORE && opened === LESS) return elementValue(text, at + 1, ends);
  at = skipSpaces(text, at, 24);
  const operator = operatorAt(text, at) ?? typedOperatorAt(text, at);
  if (operator !== undefined) return assignedValue(text, operator, ends);
  const code = text.charCodeAt(at);
  if (code === COMMA && nameQuoted) return attributeValue(text, at + 1) ?? argumentValue(text, at + 1);
  if (code === OPEN && !nameQuoted) return argumentValue(text, at + 1);
  if (nameQuoted) return attributeValue(text, closed);
  if (at > name.end && isFlag(text, start)) return bareValue(text, at, 'assigned', ends);
  return undefined;
}

/** Past the quote that closes the name, escaped or not, and a bracket: `token"`, `token\"`, `token']`. */
function skipClosing(text: string, from: number): number {
  let at = from;
  if (text.charCodeAt(at) === BACKSLASH && isQuote(text.charCodeAt(at + 1))) at += 2;
  else if (isQuote(text.charCodeAt(at))) at++;
  return text.charCodeAt(at) === 93 ? at + 1 : at;
}

function skipSpaces(text: string, from: number, most: number): number {
  let at = from;
  while (at - from < most && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Spaces and at most two line breaks, as between `:` and a value on the next line. */
function skipBlank(text: string, from: number): number {
  let at = from;
  let breaks = 0;
  while (at - from < 80) {
    const code = text.charCodeAt(at);
    if (isBreak(code) && ++breaks > 2) return at;
    if (!isSpace(code) && !isBreak(code)) return at;
    at++;
  }
  return at;
}

interface Operator {
  readonly end: number;
  readonly binding: Binding;
}

/** `=`, `:=`, `::=`, `?=`, `+=`, `.=`, `||=`, `??=`, `=>`, `:`, `->`, `==`, `===`, `!=`. */
function operatorAt(text: string, from: number): Operator | undefined {
  let at = from;
  while (at - from < 3 && '?+.|:'.includes(text.charAt(at)) && at < text.length) at++;
  const prefixed = at > from;
  if (text.charCodeAt(at) === EQUALS) {
    const next = text.charCodeAt(at + 1);
    if (next === MORE) return { end: at + 2, binding: 'assigned' };
    if (next !== EQUALS) return { end: at + 1, binding: 'assigned' };
    return { end: text.charCodeAt(at + 2) === EQUALS ? at + 3 : at + 2, binding: 'compared' };
  }
  // `:` and, for an optional member, `?:`.
  if (prefixed) {
    const colon =
      text.charCodeAt(at - 1) === COLON && (at === from + 1 || (at === from + 2 && text.charAt(from) === '?'));
    return colon ? { end: at, binding: 'assigned' } : undefined;
  }
  const next = text.charCodeAt(at + 1);
  if (text.charCodeAt(at) === MINUS && next === MORE) return { end: at + 2, binding: 'assigned' };
  if (text.charCodeAt(at) === 33 && next === EQUALS)
    return { end: text.charCodeAt(at + 2) === EQUALS ? at + 3 : at + 2, binding: 'compared' };
  return undefined;
}

/** A type between name and operator: `token: string = `, `token string = `, `password varchar = `. */
function typedOperatorAt(text: string, from: number): Operator | undefined {
  let at = from;
  if (at === 0 || !isSpace(text.charCodeAt(at - 1))) return undefined;
  while (at - from < 16 && kindOf(text.charCodeAt(at)) !== OTHER) at++;
  if (at === from || !isSpace(text.charCodeAt(at))) return undefined;
  const operator = operatorAt(text, skipSpaces(text, at, 4));
  return operator?.binding === 'assigned' && text.charCodeAt(operator.end - 1) === EQUALS ? operator : undefined;
}

function assignedValue(text: string, operator: Operator, ends: BareEnds): Value | undefined {
  const { end, binding } = operator;
  const colon = text.charCodeAt(end - 1) === COLON;
  if (colon && text.charCodeAt(end) === SLASH && text.charCodeAt(end + 1) === SLASH) return undefined;
  const quoted = quotedValue(text, skipBlank(text, end), binding);
  if (quoted !== undefined) return quoted;
  if (colon) {
    const typed = typeAnnotated(text, end);
    if (typed !== undefined) return typed;
  }
  if (binding === 'compared') return undefined;
  const value = bareValue(text, skipScheme(text, skipSpaces(text, end, 32)), binding, ends);
  return value !== undefined && colon && !endsLine(text, value.span.end) ? undefined : value;
}

/** `token: string = "…"`: what follows the colon is a type. */
function typeAnnotated(text: string, from: number): Value | undefined {
  let at = skipSpaces(text, from, 4);
  const start = at;
  while (at - start < 32 && (kindOf(text.charCodeAt(at)) !== OTHER || '<>[]|?& '.includes(text.charAt(at)))) at++;
  if (text.charCodeAt(at) !== EQUALS || at === start || text.charCodeAt(at + 1) === EQUALS) return undefined;
  return quotedValue(text, skipBlank(text, at + 1), 'assigned');
}

/** `Bearer`, `Basic`, `Token` before the value of a header. */
function skipScheme(text: string, from: number): number {
  let space = from;
  while (space - from <= LONGEST_SCHEME && text.charCodeAt(space) !== SPACE) space++;
  if (space - from > LONGEST_SCHEME || space - from < SHORTEST_SCHEME) return from;
  const word = text.slice(from, space).toLowerCase();
  return word === 'bearer' || word === 'basic' || word === 'token' || word === 'apikey' ? space + 1 : from;
}

/** After an unquoted value of a `:` the line is over: otherwise it is prose. */
function endsLine(text: string, from: number): boolean {
  const at = skipSpaces(text, from, 32);
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || isBreak(code) || code === 35 || (code !== OPEN && kindOf(code) === OTHER);
}

function quotedValue(text: string, from: number, binding: Binding): Value | undefined {
  let at = from;
  // Prefixes of string literals: Python's b, r, f and u, C#'s @ and $, Rust's b.
  if ('brfuBRFUL@'.includes(text.charAt(at)) && isQuote(text.charCodeAt(at + 1))) at++;
  const escaped = text.charCodeAt(at) === BACKSLASH;
  if (escaped) at++;
  const quote = text.charCodeAt(at);
  if (!isQuote(quote)) return undefined;
  const start = skipScheme(text, at + 1);
  let end = start;
  while (end - start <= LONGEST) {
    const code = text.charCodeAt(end);
    if (Number.isNaN(code) || isBreak(code)) return undefined;
    if (code === quote) break;
    if (code === BACKSLASH) {
      if (escaped && text.charCodeAt(end + 1) === quote) break;
      const next = text.charAt(end + 1);
      if (next === 'n' || next === 'r') break;
      end++;
    }
    end++;
  }
  if (end - start > LONGEST || end === start) return undefined;
  return { span: { start, end: Math.min(end, text.length) }, quoted: true, binding };
}

/** A value without quotes: up to a space or a character that ends values in some language. */
function bareValue(text: string, from: number, binding: Binding, ends: BareEnds): Value | undefined {
  const end = ends.after(text, from);
  if (end === from || end - from > LONGEST) return undefined;
  const code = text.charCodeAt(end);
  // A call, an index, a template: an expression, not a literal.
  if (code === OPEN || code === 91 || code === 123 || code === 36) return undefined;
  return { span: { start: from, end }, quoted: false, binding };
}

const ENDS_BARE: Uint8Array = new Uint8Array(128);
for (const char of ' \t\r\n;,"\'`<>()[]{}\\&|$') ENDS_BARE[char.charCodeAt(0)] = 1;

const endsBare = (code: number): boolean => code < 128 && ENDS_BARE[code] === 1;

/** `<password>value</password>`, also with the value on a line of its own. */
function elementValue(text: string, from: number, ends: BareEnds): Value | undefined {
  const value = bareValue(text, skipBlank(text, from), 'assigned', ends);
  if (value === undefined) return undefined;
  const at = skipBlank(text, value.span.end);
  return text.charCodeAt(at) === LESS && text.charCodeAt(at + 1) === SLASH ? value : undefined;
}

/** `("value"` and `, "value"`: only a literal. */
function argumentValue(text: string, from: number): Value | undefined {
  return quotedValue(text, skipBlank(text, from), 'argument');
}

/** `name="token" value="…"` and `"name": "TOKEN", "value": "…"`. */
function attributeValue(text: string, from: number): Value | undefined {
  let at = skipBlank(text, from);
  if (at === from) return undefined;
  if (isQuote(text.charCodeAt(at))) at++;
  if (text.slice(at, at + 5).toLowerCase() !== 'value') return undefined;
  at = skipClosing(text, at + 5);
  const operator = operatorAt(text, skipSpaces(text, at, 4));
  return operator === undefined ? undefined : quotedValue(text, skipBlank(text, operator.end), 'assigned');
}

/** `--token value` needs no operator. The dashes belong to the name's span. */
function isFlag(text: string, start: number): boolean {
  return text.charCodeAt(start) === MINUS && text.charCodeAt(start + 1) === MINUS;
}
