import type { Allowlist } from '../rule.ts';
import { matches } from './expression.ts';
import { Stopwords } from './stopwords.ts';

/** What an allowlist of content is asked about. `line` is computed only when a list wants it. */
export interface Judged {
  readonly secret: string;
  readonly match: string;
  readonly line: () => string;
}

export type Ruling =
  /** Let through whatever the path and the commit. */
  | 'allowed'
  /** Let through if the path and the commit say so as well. */
  | 'pending'
  | 'reported';

/**
 * What an allowlist's criteria of content say. A list that needs all its criteria and has some about paths or commits is
 * `pending` when its content holds: {@link allowsPlace} decides.
 */
export function ruleOn(list: Allowlist, judged: Judged): Ruling {
  const regex = matches(list.regexes, targetOf(list, judged));
  const stopword = hasStopword(list, judged.secret);
  if (list.condition === 'any') return regex || stopword ? 'allowed' : 'reported';
  if (list.regexes === undefined && list.stopwords.length === 0) return 'reported';
  if ((list.regexes !== undefined && !regex) || (list.stopwords.length > 0 && !stopword)) return 'reported';
  return list.paths === undefined && list.commits.length === 0 ? 'allowed' : 'pending';
}

function targetOf(list: Allowlist, judged: Judged): string {
  if (list.target === 'secret') return judged.secret;
  return list.target === 'match' ? judged.match : judged.line();
}

const stopwords = new WeakMap<Allowlist, Stopwords>();

function hasStopword(list: Allowlist, secret: string): boolean {
  if (list.stopwords.length === 0) return false;
  let words = stopwords.get(list);
  if (words === undefined) {
    words = new Stopwords(list.stopwords);
    stopwords.set(list, words);
  }
  return words.in(secret);
}

/** Whether a list lets a whole place through, whatever stands there. */
export function allowsEverythingAt(list: Allowlist, path: string, commit: string | undefined): boolean {
  if (list.condition === 'all') {
    return list.regexes === undefined && list.stopwords.length === 0 && allowsPlace(list, path, commit);
  }
  return matches(list.paths, path) || hasCommit(list, commit);
}

/** The part of an `all` list that is about the place: every criterion it has. */
export function allowsPlace(list: Allowlist, path: string, commit: string | undefined): boolean {
  if (list.paths !== undefined && !matches(list.paths, path)) return false;
  return list.commits.length === 0 || hasCommit(list, commit);
}

const hasCommit = (list: Allowlist, commit: string | undefined): boolean =>
  commit !== undefined && list.commits.includes(commit.toLowerCase());
