import { compile, matches, type Pattern } from './wildmatch.ts';

interface Rule {
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Looks at the last part of a path only, since the pattern has no slash. */
  readonly anywhere: boolean;
  /** The pattern where it has no special character. */
  readonly literal: string | undefined;
  /** The end of the name, where the pattern is `*` and then a literal. */
  readonly suffix: string | undefined;
  readonly pattern: Pattern;
}

const SPECIAL = /[*?[\\]/;

/**
 * The rules of one `.gitignore` file, or of a list in its syntax, about paths relative to the folder it is in.
 *
 * Paths are byte strings ({@link byteString}), because git's patterns speak of bytes.
 */
export class IgnoreRules {
  readonly #rules: readonly Rule[];

  constructor(content: string) {
    this.#rules = content
      .replace(/^\u00EF\u00BB\u00BF/, '')
      .split('\n')
      .flatMap((line) => ruleOf(line) ?? []);
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /** What the last rule that matches says: true to ignore, false to take in again; `undefined` where none matches. */
  says(path: string, isFolder: boolean): boolean | undefined {
    const name = path.slice(path.lastIndexOf('/') + 1);
    for (let at = this.#rules.length - 1; at >= 0; at -= 1) {
      const rule = this.#rules[at] as Rule;
      if (rule.foldersOnly && !isFolder) continue;
      if (holds(rule, rule.anywhere ? name : path)) return !rule.negated;
    }
    return undefined;
  }
}

/** A path as the rules see it: one character for each byte of its UTF-8. */
export const byteString = (path: string): string =>
  /^[\0-\x7f]*$/.test(path) ? path : Buffer.from(path, 'utf8').toString('latin1');

function holds(rule: Rule, subject: string): boolean {
  if (rule.literal !== undefined) return subject === rule.literal;
  if (rule.suffix !== undefined) return subject.endsWith(rule.suffix);
  return matches(rule.pattern, subject);
}

function ruleOf(line: string): Rule | undefined {
  let text = withoutTrailingSpaces(line.endsWith('\r') ? line.slice(0, -1) : line);
  if (text === '' || text.startsWith('#')) return undefined;
  const negated = text.startsWith('!');
  if (negated) text = text.slice(1);
  const foldersOnly = text.endsWith('/');
  if (foldersOnly) text = text.slice(0, -1);
  const anywhere = !text.includes('/');
  if (text.startsWith('/')) text = text.slice(1);
  const pattern = text === '' ? undefined : compile(text);
  if (pattern === undefined) return undefined;
  const tail = text.slice(1);
  return {
    negated,
    foldersOnly,
    anywhere,
    literal: SPECIAL.test(text) ? undefined : text,
    suffix: anywhere && text.startsWith('*') && !SPECIAL.test(tail) ? tail : undefined,
    pattern,
  };
}

/** Spaces at the end do not count, unless a backslash stands before them. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ') end -= 1;
  if (end === line.length) return line;
  let backslashes = 0;
  while (backslashes < end && line[end - 1 - backslashes] === '\\') backslashes += 1;
  return line.slice(0, backslashes % 2 === 1 ? end + 1 : end);
}

/** Patterns in `.gitignore` syntax, relative to the target, that leave out paths and everything below them. */
export class Exclusion {
  readonly #rules: IgnoreRules;
  readonly #folders = new Map<string, boolean>();

  constructor(patterns: readonly string[]) {
    this.#rules = new IgnoreRules(patterns.map(byteString).join('\n'));
  }

  get isEmpty(): boolean {
    return this.#rules.isEmpty;
  }

  /** Whether a file is left out, by itself or by a folder it is in. A folder that is left out takes nothing in again. */
  excludes(path: string): boolean {
    const bytes = byteString(path);
    return this.#folder(bytes.slice(0, Math.max(bytes.lastIndexOf('/'), 0))) || this.#rules.says(bytes, false) === true;
  }

  excludesFolder(path: string): boolean {
    return this.#folder(byteString(path));
  }

  #folder(path: string): boolean {
    if (path === '') return false;
    let excluded = this.#folders.get(path);
    if (excluded === undefined) {
      const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      excluded = this.#folder(parent) || this.#rules.says(path, true) === true;
      this.#folders.set(path, excluded);
    }
    return excluded;
  }
}
