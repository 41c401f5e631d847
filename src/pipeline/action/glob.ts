import { posix } from 'node:path';

/** A pattern in the form of `@actions/glob`: parts between slashes, `**` for any number of folders, `!` takes away. */
export interface Pattern {
  readonly negative: boolean;
  /** Absolute, without empty parts. */
  readonly parts: readonly string[];
  /** The folder that no match lies outside of. */
  readonly start: string;
}

const MOST_PATTERNS = 1_000;

/**
 * Patterns, one a line; empty lines and comments (`#`) are passed over. `~` is the home, and what is not absolute starts
 * at `root`.
 */
export function parsePatterns(text: string, root: string, home: string): Pattern[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .slice(0, MOST_PATTERNS)
    .map((line) => parsePattern(line, root, home));
}

function parsePattern(line: string, root: string, home: string): Pattern {
  const bangs = /^!{0,64}/.exec(line)?.[0].length ?? 0;
  const bare = line.slice(bangs).trim();
  const fromHome = bare === '~' || bare.startsWith('~/') ? home + bare.slice(1) : bare;
  const whole = posix.resolve(root, fromHome);
  const parts = whole.split('/').filter((part) => part !== '');
  const magic = parts.findIndex((part) => /[*?[]/.test(part));
  const start = `/${parts.slice(0, magic < 0 ? undefined : magic).join('/')}`;
  return { negative: bangs % 2 === 1, parts, start };
}

/** Whether the path itself matches. */
export const matches = ({ parts }: Pattern, path: string): boolean =>
  matchParts(parts, path.split('/').filter(Boolean), false);

/** Whether something below the folder might match. */
export const mayMatchBelow = ({ parts }: Pattern, folder: string): boolean =>
  matchParts(parts, folder.split('/').filter(Boolean), true);

/** Row by row, so that the time is the product of both lengths, whatever the number of `**`. */
function matchParts(pattern: readonly string[], path: readonly string[], partly: boolean): boolean {
  let reached = closure(new Set([0]), pattern);
  for (const part of path) {
    const next = new Set<number>();
    for (const at of reached) {
      const expected = pattern[at];
      if (expected === '**') next.add(at);
      else if (expected !== undefined && matchPart(expected, part)) next.add(at + 1);
    }
    reached = closure(next, pattern);
    if (reached.size === 0) return false;
  }
  return partly ? [...reached].some((at) => at < pattern.length) : reached.has(pattern.length);
}

/** `**` may stand for nothing. */
function closure(states: Set<number>, pattern: readonly string[]): Set<number> {
  for (const at of states) if (pattern[at] === '**') states.add(at + 1);
  return states;
}

/** One part: `*`, `?` and `[set]`. Only the last `*` is ever tried again, which is enough and takes no exponential time. */
function matchPart(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const one = single(pattern, p);
    if (pattern[p] === '*') {
      star = p;
      mark = t;
      p += 1;
    } else if (one?.accepts(text[t] as string)) {
      p = one.next;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else return false;
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

function single(
  pattern: string,
  at: number,
): { readonly next: number; accepts(character: string): boolean } | undefined {
  const character = pattern[at];
  if (character === undefined) return undefined;
  if (character === '?') return { next: at + 1, accepts: () => true };
  const end = character === '[' ? pattern.indexOf(']', at + 2) : -1;
  if (end < 0) return { next: at + 1, accepts: (other) => other === character };
  const negative = pattern[at + 1] === '!' || pattern[at + 1] === '^';
  const set = pattern.slice(at + (negative ? 2 : 1), end);
  return { next: end + 1, accepts: (other) => inSet(set, other) !== negative };
}

function inSet(set: string, character: string): boolean {
  for (let at = 0; at < set.length; at += 1) {
    const [from, dash, to] = [set[at] as string, set[at + 1], set[at + 2]];
    if (dash === '-' && to !== undefined) {
      if (from <= character && character <= to) return true;
      at += 2;
    } else if (from === character) return true;
  }
  return false;
}
