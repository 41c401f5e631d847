import type { CheckSummary } from '#core/check.ts';
import type { Location, Suppression } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';

/** A parsed `.gitleaksignore`. */
export interface IgnoreFile {
  readonly path: string;
  readonly entries: readonly IgnoreEntry[];
}

/** One fingerprint of gitleaks: `file:rule:line`, or `commit:file:rule:line` for that commit alone. */
export interface IgnoreEntry {
  readonly commit?: string;
  readonly file: string;
  readonly rule: string;
  readonly line: number;
  /** From the comment directly above the entry. */
  readonly reason?: string;
  /** Where the entry stands in the ignore file, from 1. */
  readonly at: number;
}

const FAMILY = 'secrets/';

/**
 * Reads a `.gitleaksignore`: one fingerprint a line, `#` for comments. An entry that is none is a problem that names its
 * line, because it ignores nothing.
 */
export function parseIgnoreFile(
  text: string,
  path: string,
): { readonly file: IgnoreFile; readonly problems: readonly Problem[] } {
  const entries: IgnoreEntry[] = [];
  const problems: Problem[] = [];
  // A comment is about the entries below it, up to an empty line or the next comment.
  let comment: readonly string[] = [];
  let ended = false;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      comment = line === '' ? [] : [...(ended ? [] : comment), line.slice(1).trim()];
      ended = false;
      continue;
    }
    const entry = parseEntry(line, comment.join(' ').trim(), index + 1);
    if (entry === undefined) problems.push(malformed(path, index + 1));
    else entries.push(entry);
    ended = true;
  }
  return { file: { path, entries }, problems };
}

function parseEntry(line: string, reason: string, at: number): IgnoreEntry | undefined {
  // Read from the end, so that a path may hold a colon.
  const match = /^(?:([0-9a-f]{7,64}):)?(.+):([^:]+):(\d+)$/.exec(line);
  if (match === null) return undefined;
  const [, commit, file = '', rule = '', number = ''] = match;
  return {
    ...(commit === undefined ? {} : { commit }),
    file: file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, ''),
    rule,
    line: Number(number),
    ...(reason === '' ? {} : { reason }),
    at,
  };
}

const malformed = (path: string, line: number): Problem => ({
  code: 'suppression-malformed',
  message: 'This line is no fingerprint of gitleaks, so it ignores nothing.',
  hint: 'A fingerprint is file:rule:line or commit:file:rule:line.',
  path,
  line,
});

/** Finds the entry that ignores a finding. */
export class IgnoreIndex {
  readonly #byPlace = new Map<string, { readonly file: IgnoreFile; readonly entry: IgnoreEntry }[]>();
  readonly #known: ReadonlySet<string>;

  constructor(files: readonly IgnoreFile[], checks: readonly CheckSummary[]) {
    this.#known = new Set(checks.flatMap(({ id }) => (id.startsWith(FAMILY) ? [id.slice(FAMILY.length)] : [])));
    for (const file of files) {
      for (const entry of file.entries) {
        const place = `${entry.file}:${entry.line}`;
        this.#byPlace.set(place, [...(this.#byPlace.get(place) ?? []), { file, entry }]);
      }
    }
  }

  /**
   * A rule that we know by the same name must be the finding's own. A rule that we do not know (gitleaks names some kinds
   * differently, and has rules of its users) stands for whatever secret we find on that line.
   */
  suppressionOf(check: string, location: Location): Suppression | undefined {
    if (!check.startsWith(FAMILY)) return undefined;
    const name = check.slice(FAMILY.length);
    const commit = location.origin.kind === 'commit' ? location.origin.commit : undefined;
    for (const { file, entry } of this.#byPlace.get(`${location.path}:${location.startLine}`) ?? []) {
      if (entry.commit !== undefined && entry.commit !== commit) continue;
      if (entry.rule !== name && this.#known.has(entry.rule)) continue;
      const reason = entry.reason === undefined ? {} : { reason: entry.reason };
      return { kind: 'ignore-file', by: '.gitleaksignore', ...reason, path: file.path, line: entry.at };
    }
    return undefined;
  }
}
