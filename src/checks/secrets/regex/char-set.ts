/** A set of code points: sorted, disjoint, not touching, both ends included. */
export type CharSet = readonly (readonly [from: number, to: number])[];

export const MAX_CODE_POINT = 0x10ffff;

export const EVERYTHING: CharSet = [[0, MAX_CODE_POINT]];
export const NOT_NEWLINE: CharSet = [
  [0, 9],
  [11, MAX_CODE_POINT],
];
/** Go's `\d`, `\s` and `\w` know ASCII only; `\s` has no vertical tab. */
export const DIGIT: CharSet = [[48, 57]];
export const SPACE: CharSet = [
  [9, 10],
  [12, 13],
  [32, 32],
];
export const WORD: CharSet = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];

/** RE2's `[:name:]` classes: ASCII. */
export const POSIX: Readonly<Record<string, CharSet>> = {
  alnum: parse('09AZaz'),
  alpha: parse('AZaz'),
  ascii: [[0, 127]],
  blank: parse('\t\t  '),
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  digit: DIGIT,
  graph: parse('!~'),
  lower: parse('az'),
  print: parse(' ~'),
  punct: parse('!/:@[`{~'),
  space: parse('\t\r  '),
  upper: parse('AZ'),
  word: WORD,
  xdigit: parse('09AFaf'),
};

function parse(pairs: string): CharSet {
  const set: [number, number][] = [];
  for (let at = 0; at < pairs.length; at += 2) set.push([pairs.charCodeAt(at), pairs.charCodeAt(at + 1)]);
  return set;
}

export function union(...sets: readonly CharSet[]): CharSet {
  const sorted = sets.flat().toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

export function negate(set: CharSet): CharSet {
  const rest: [number, number][] = [];
  let from = 0;
  for (const [start, end] of set) {
    if (start > from) rest.push([from, start - 1]);
    from = end + 1;
  }
  if (from <= MAX_CODE_POINT) rest.push([from, MAX_CODE_POINT]);
  return rest;
}

export function overlaps(a: CharSet, b: CharSet): boolean {
  let left = 0;
  let right = 0;
  while (left < a.length && right < b.length) {
    const x = a[left] as readonly [number, number];
    const y = b[right] as readonly [number, number];
    if (x[0] <= y[1] && y[0] <= x[1]) return true;
    if (x[1] < y[1]) left += 1;
    else right += 1;
  }
  return false;
}

export const contains = (set: CharSet, point: number): boolean =>
  set.some(([from, to]) => from <= point && point <= to);

export const equal = (a: CharSet, b: CharSet): boolean =>
  a.length === b.length && a.every(([from, to], at) => from === b[at]?.[0] && to === b[at]?.[1]);

/** Beyond this many code points a range is left as it is: it is a negated class, which has both cases already. */
const FOLD_LIMIT = 4096;

/** With the other cases of every letter, by Unicode simple folding as Go does it (`k` also matches the Kelvin sign). */
export function fold(set: CharSet): CharSet {
  const extra: [number, number][] = [];
  for (const [from, to] of set) {
    if (to - from > FOLD_LIMIT) continue;
    for (let point = from; point <= to; point++) for (const other of casesOf(point)) extra.push([other, other]);
  }
  return extra.length === 0 ? set : union(set, extra);
}

/** Letters whose capital or small form is not found by changing case once. */
const ODD_CASES: Readonly<Record<string, string>> = { k: '\u212a', s: '\u017f', å: '\u212b', μ: '\u00b5', ß: '\u1e9e' };

/** Patterns are made of the same few letters. */
const known = new Map<number, readonly number[]>();

function casesOf(point: number): readonly number[] {
  if (point < 128 && !isAsciiLetter(point)) return NO_CASES;
  const cases = known.get(point) ?? findCases(point);
  known.set(point, cases);
  return cases;
}

const NO_CASES: readonly number[] = [];

function findCases(point: number): number[] {
  const char = String.fromCodePoint(point);
  const small = char.toLowerCase();
  const forms = [
    small,
    char.toUpperCase(),
    small.toUpperCase(),
    char.toUpperCase().toLowerCase(),
    ODD_CASES[small] ?? '',
  ];
  return forms.flatMap((form) => (form !== '' && [...form].length === 1 ? [form.codePointAt(0) as number] : []));
}

const isAsciiLetter = (point: number): boolean => (point >= 65 && point <= 90) || (point >= 97 && point <= 122);

/** `\p{name}`: a general category or a script. `undefined`: there is none of that name. */
export function property(name: string): CharSet | undefined {
  if (name === 'Any') return EVERYTHING;
  const test = propertyTest(name);
  if (test === undefined) return undefined;
  const set: [number, number][] = [];
  for (let point = 0; point <= MAX_CODE_POINT; point++) {
    if (!test.test(String.fromCodePoint(point))) continue;
    const last = set.at(-1);
    if (last !== undefined && last[1] === point - 1) last[1] = point;
    else set.push([point, point]);
  }
  return set;
}

function propertyTest(name: string): RegExp | undefined {
  if (!/^[A-Z][A-Za-z_]*$/.test(name)) return undefined;
  for (const spelled of [`General_Category=${name}`, `Script=${name}`]) {
    try {
      return new RegExp(`^\\p{${spelled}}$`, 'u');
    } catch {
      // Not a category: it may be a script.
    }
  }
  return undefined;
}
