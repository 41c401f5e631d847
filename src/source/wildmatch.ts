/**
 * Git's patterns for paths (`gitignore(5)`, wildmatch with WM_PATHNAME), matched in time proportional to pattern × path.
 *
 * Not by regular expressions: `a*a*a*…b` in a hostile `.gitignore` makes a backtracking matcher run for ever. The
 * pattern becomes a list of tokens, and all the places in it that a path may have reached are followed at once.
 */

type Token =
  | { readonly kind: 'byte'; readonly byte: number }
  /** One character that is not `/`. */
  | { readonly kind: 'one' }
  | { readonly kind: 'set'; readonly members: Uint8Array }
  /** `*`: any run without `/`. */
  | { readonly kind: 'run' }
  /** A leading or middle double star with its slash: nothing, or anything up to some slash. */
  | { readonly kind: 'folders' }
  /** Always follows `folders`: within a name that is passed over. */
  | { readonly kind: 'name' }
  /** A double star at the end, or before an escaped slash: anything from here on. */
  | { readonly kind: 'rest' };

export type Pattern = readonly Token[];

const SLASH = 0x2f;
const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[0-9A-Za-z]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  cntrl: /[^ -~]/,
  digit: /[0-9]/,
  graph: /[!-~]/,
  lower: /[a-z]/,
  print: /[ -~]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

/** The tokens of a pattern given as a byte string (one character a byte); `undefined` where git would never match it. */
export function compile(pattern: string): Pattern | undefined {
  const tokens: Token[] = [];
  // git compares the literal beginning by itself, so that for it a double star right after that starts the pattern.
  const literal = /^[^*?[\\]*/.exec(pattern)?.[0].length ?? 0;
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] as string;
    if (char === '*') at = compileStars(pattern, at, literal, tokens);
    else if (char === '?') at = tokens.push({ kind: 'one' }) && at + 1;
    else if (char === '[') {
      const set = compileSet(pattern, at + 1);
      if (set === undefined) return undefined;
      tokens.push({ kind: 'set', members: set.members });
      at = set.next;
    } else {
      if (char === '\\') at += 1;
      if (at >= pattern.length) return undefined;
      tokens.push({ kind: 'byte', byte: pattern.charCodeAt(at) });
      at += 1;
    }
  }
  return tokens;
}

function compileStars(pattern: string, at: number, start: number, tokens: Token[]): number {
  let end = at;
  while (pattern[end] === '*') end += 1;
  const double = end - at > 1 && (at === start || pattern[at - 1] === '/');
  // Before a slash with a backslash git lets it match anything, but not nothing with that slash.
  if (double && (end === pattern.length || pattern.startsWith('\\/', end))) tokens.push({ kind: 'rest' });
  else if (double && pattern[end] === '/') {
    tokens.push({ kind: 'folders' }, { kind: 'name' });
    return end + 1;
  } else tokens.push({ kind: 'run' });
  return end;
}

function compileSet(pattern: string, from: number): { members: Uint8Array; next: number } | undefined {
  const members = new Uint8Array(256);
  let at = from;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at += 1;
  const start = at;
  let previous = -1;
  for (;;) {
    const char = pattern[at];
    if (char === undefined) return undefined;
    if (char === ']' && at > start) break;
    const named = char === '[' && pattern[at + 1] === ':' ? pattern.indexOf(']', at + 2) : -1;
    if (named !== -1 && pattern[named - 1] === ':' && named > at + 2) {
      const characters = CLASSES[pattern.slice(at + 2, named - 1)];
      if (characters === undefined) return undefined;
      for (let byte = 0; byte < 128; byte += 1) if (characters.test(String.fromCharCode(byte))) members[byte] = 1;
      previous = -1;
      at = named + 1;
    } else if (char === '-' && previous !== -1 && at + 1 < pattern.length && pattern[at + 1] !== ']') {
      at += pattern[at + 1] === '\\' ? 2 : 1;
      if (at >= pattern.length) return undefined;
      members.fill(1, previous, pattern.charCodeAt(at) + 1);
      previous = -1;
      at += 1;
    } else {
      if (char === '\\') at += 1;
      if (at >= pattern.length) return undefined;
      previous = pattern.charCodeAt(at);
      members[previous] = 1;
      at += 1;
    }
  }
  if (negated) for (let byte = 0; byte < 256; byte += 1) members[byte] = members[byte] === 1 ? 0 : 1;
  members[SLASH] = 0;
  return { members, next: at + 1 };
}

/** Whether a pattern matches the whole of a path given as a byte string. */
export function matches(pattern: Pattern, path: string): boolean {
  let now = new Uint8Array(pattern.length + 1);
  let next = new Uint8Array(pattern.length + 1);
  reach(pattern, 0, now);
  for (let at = 0; at < path.length; at += 1) {
    const byte = path.charCodeAt(at);
    let alive = false;
    next.fill(0);
    for (let place = 0; place < pattern.length; place += 1) {
      if (now[place] !== 1) continue;
      const to = step(pattern[place] as Token, place, byte);
      if (to === -1) continue;
      alive = true;
      reach(pattern, to, next);
    }
    if (!alive) return false;
    [now, next] = [next, now];
  }
  return now[pattern.length] === 1;
}

/** Marks a place and those that follow it without a further character. */
function reach(pattern: Pattern, place: number, marks: Uint8Array): void {
  for (let at = place; marks[at] !== 1; ) {
    marks[at] = 1;
    const kind = pattern[at]?.kind;
    if (kind === 'run' || kind === 'rest') at += 1;
    else if (kind === 'folders') at += 2;
    else return;
  }
}

/** Where a token leads with one more character; -1: nowhere. */
function step(token: Token, place: number, byte: number): number {
  switch (token.kind) {
    case 'byte':
      return byte === token.byte ? place + 1 : -1;
    case 'one':
      return byte === SLASH ? -1 : place + 1;
    case 'set':
      return token.members[byte] === 1 ? place + 1 : -1;
    case 'run':
      return byte === SLASH ? -1 : place;
    case 'folders':
      return byte === SLASH ? place : place + 1;
    case 'name':
      return byte === SLASH ? place - 1 : place;
    case 'rest':
      return place;
  }
}
