import type { Problem } from '#core/problem.ts';
import type { Allowlist } from '../rule.ts';
import type { TomlTable } from './document.ts';
import { unknownKeys } from './keys.ts';
import { joined } from './pattern.ts';

const KEYS = ['description', 'condition', 'commits', 'paths', 'regexes', 'regexTarget', 'stopwords', 'targetRules'];
const CONDITIONS: Readonly<Record<string, Allowlist['condition']>> = {
  '': 'any',
  or: 'any',
  '||': 'any',
  and: 'all',
  '&&': 'all',
};
const TARGETS = ['secret', 'match', 'line'] as const;

/** Reads one allowlist of a rule or of the whole configuration; `where` names it in problems. */
export function readAllowlist(table: TomlTable, problems: Problem[], where: string): Allowlist {
  problems.push(...unknownKeys(table, KEYS, where));
  const condition = CONDITIONS[table.string('condition').toLowerCase()];
  if (condition === undefined) throw table.error('condition', 'unknown condition; expected "AND" or "OR"');
  const target = TARGETS.find((name) => name === (table.string('regexTarget') || 'secret'));
  if (target === undefined) throw table.error('regexTarget', 'unknown target; expected "secret", "match" or "line"');
  const paths = joined(table, 'paths');
  const regexes = joined(table, 'regexes');
  const commits = unique(table.strings('commits').map((commit) => commit.trim().toLowerCase()));
  const stopwords = unique(table.strings('stopwords').map((word) => word.toLowerCase()));
  if (paths === undefined && regexes === undefined && commits.length === 0 && stopwords.length === 0) {
    const message = 'an allowlist that allows nothing';
    throw table.document.error(table.path, message, 'Give it commits, paths, regexes or stopwords.');
  }
  return {
    condition,
    commits,
    ...(paths === undefined ? {} : { paths }),
    ...(regexes === undefined ? {} : { regexes }),
    target,
    stopwords,
  };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
