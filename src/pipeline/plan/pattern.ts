// The patterns of `branches`, `tags` and `paths`: `*` is any characters but `/`, `**` any at all, `?` none or one of the
// character before, `+` one or more of it, `[ab0-9]` one of these; `\` takes a character for itself. `**` with a slash
// behind it is also nothing, so that `**/README.md` matches in the root.

interface Part {
  readonly accepts: (character: string) => boolean;
  readonly optional: boolean;
  readonly repeated: boolean;
  /** A gate: whoever stands here may go on so many parts further. It takes no character. */
  readonly skips?: number;
}

const nothing = (): boolean => false;
const anything = (): boolean => true;
const notSlash = (character: string): boolean => character !== '/';

function parse(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at] as string;
    if (character === '*') {
      const double = pattern[at + 1] === '*';
      const folder = double && pattern[at + 2] === '/';
      if (folder) parts.push({ accepts: nothing, optional: true, repeated: false, skips: 3 });
      parts.push({ accepts: double ? anything : notSlash, optional: true, repeated: true });
      at += double ? 2 : 1;
      continue;
    }
    const { accepts, next } = single(pattern, at);
    const sign = pattern[next];
    parts.push({ accepts, optional: sign === '?', repeated: sign === '+' });
    at = next + (sign === '?' || sign === '+' ? 1 : 0);
  }
  return parts;
}

function single(pattern: string, at: number): { readonly accepts: Part['accepts']; readonly next: number } {
  const character = pattern[at] as string;
  if (character === '\\' && at + 1 < pattern.length) return same(pattern[at + 1] as string, at + 2);
  const end = character === '[' ? pattern.indexOf(']', at + 1) : -1;
  if (end === -1) return same(character, at + 1);
  const set = pattern.slice(at + 1, end);
  return { accepts: (other) => inSet(set, other), next: end + 1 };
}

const same = (character: string, next: number) => ({ accepts: (other: string) => other === character, next });

function inSet(set: string, character: string): boolean {
  for (let at = 0; at < set.length; at += 1) {
    const to = set[at + 1] === '-' ? set[at + 2] : undefined;
    if (to !== undefined && (set[at] as string) <= character && character <= to) return true;
    if (set[at] === character) return true;
    if (to !== undefined) at += 2;
  }
  return false;
}

/**
 * Whether the whole text matches. All the places in the pattern that can be reached are walked at once, so that the time
 * is the product of both lengths at most, whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = parse(pattern);
  let reached = spread(parts, [0]);
  for (const character of text) {
    const next: number[] = [];
    for (const at of reached) {
      const part = parts[at];
      if (part === undefined || !part.accepts(character)) continue;
      next.push(at + 1);
      if (part.repeated) next.push(at);
    }
    if (next.length === 0) return false;
    reached = spread(parts, next);
  }
  return reached.has(parts.length);
}

/** The places themselves, and those behind parts that may be left out. */
function spread(parts: readonly Part[], places: readonly number[]): Set<number> {
  const reached = new Set(places);
  for (const at of reached) {
    const part = parts[at];
    if (part?.optional === true) reached.add(at + 1);
    if (part?.skips !== undefined) reached.add(at + part.skips);
  }
  return reached;
}

/** Whether a list of patterns takes a text; `!` takes it out again, and the last pattern that matches counts. */
export function takenBy(patterns: readonly string[], text: string): boolean {
  let taken = false;
  for (const pattern of patterns) {
    const negative = pattern.startsWith('!');
    if (matchesPattern(negative ? pattern.slice(1) : pattern, text)) taken = !negative;
  }
  return taken;
}
