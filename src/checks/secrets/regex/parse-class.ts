import { type CharSet, DIGIT, fold, negate, POSIX, property, SPACE, union, WORD } from './char-set.ts';
import type { Cursor } from './cursor.ts';
import { PatternError } from './syntax.ts';

/** `[…]`, with the cursor on the opening bracket. */
export function parseClass(cursor: Cursor, ignoreCase: boolean): CharSet {
  const start = cursor.offset;
  cursor.eat('[');
  const negated = cursor.eat('^');
  const parts: CharSet[] = [];
  let first = true;
  while (first || !cursor.at(']')) {
    if (cursor.done) throw new PatternError('this character class is never closed', start, 'Add the missing "]".');
    parts.push(classItem(cursor, ignoreCase));
    first = false;
  }
  cursor.eat(']');
  const set = union(...parts);
  return negated ? negate(set) : set;
}

function classItem(cursor: Cursor, ignoreCase: boolean): CharSet {
  const named = cursor.match(/\[:(\^?)(\w+):\]/y);
  if (named !== null) {
    const set = POSIX[named[2] ?? ''];
    if (set === undefined) throw cursor.error(`there is no class [:${named[2]}:]`);
    return signed(set, named[1] === '^', ignoreCase);
  }
  const escaped = parseEscapedSet(cursor, ignoreCase);
  if (escaped !== undefined) return escaped;
  const at = cursor.offset;
  const from = classChar(cursor);
  let to = from;
  if (cursor.at('-') && !cursor.at('-]')) {
    cursor.eat('-');
    to = classChar(cursor);
    if (to < from) throw new PatternError('a range whose end comes before its start', at);
  }
  return ignoreCase ? fold([[from, to]]) : [[from, to]];
}

const classChar = (cursor: Cursor): number => (cursor.at('\\') ? cursor.escape() : cursor.next());

/** `\d \D \s \S \w \W \pN \p{Name} \PN`; `undefined`, with the cursor unmoved: none of them. */
export function parseEscapedSet(cursor: Cursor, ignoreCase: boolean): CharSet | undefined {
  const perl = cursor.match(/\\([dDsSwW])/y)?.[1];
  if (perl !== undefined) {
    const small = perl.toLowerCase();
    return signed(small === 'd' ? DIGIT : small === 's' ? SPACE : WORD, perl !== small, ignoreCase);
  }
  const at = cursor.offset;
  const unicode = cursor.match(/\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/y);
  if (unicode === null) return undefined;
  const name = unicode[3] ?? unicode[4] ?? '';
  const set = property(name);
  if (set === undefined) throw new PatternError(`there is no Unicode category or script ${name}`, at);
  return signed(set, (unicode[1] === 'P') !== (unicode[2] === '^'), ignoreCase);
}

/** Go folds first and negates then, so that `(?i)\W` does not match the Kelvin sign. */
function signed(set: CharSet, negated: boolean, ignoreCase: boolean): CharSet {
  const folded = ignoreCase ? fold(set) : set;
  return negated ? negate(folded) : folded;
}
