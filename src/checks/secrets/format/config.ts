import type { Problem } from '#core/problem.ts';
import type { Allowlist, Rule } from '../rule.ts';
import { readAllowlist } from './allowlist.ts';
import { TomlDocument, type TomlTable } from './document.ts';
import { allowlistTables, unknownKeys, unsupported } from './keys.ts';
import { readRule } from './rule.ts';

/** A rule file of the user's: gitleaks' TOML. `file` is what complaints name. */
export interface RuleFile {
  readonly file: string;
  readonly text: string;
}

/** One gitleaks configuration as it is written, before what it extends is joined to it. */
export interface Configuration {
  readonly document: TomlDocument;
  readonly extend: Extend;
  readonly rules: readonly Rule[];
  readonly allowlists: readonly Allowlist[];
  readonly targeted: readonly TargetedAllowlist[];
  readonly problems: readonly Problem[];
}

export interface Extend {
  readonly useDefault: boolean;
  readonly path: string;
  readonly disabledRules: readonly string[];
}

export interface TargetedAllowlist {
  readonly rules: readonly string[];
  readonly allowlist: Allowlist;
  readonly path: readonly string[];
}

const KEYS = ['title', 'description', 'extend', 'rules', 'allowlist', 'allowlists', 'minVersion'];
const EXTEND_KEYS = ['useDefault', 'path', 'url', 'disabledRules'];

/**
 * Reads one gitleaks configuration. What gitleaks ignores without a word (an unknown key) is a problem here, since it is
 * nearly always a mistyped key or a feature of another tool, and the rule then does not do what its author thinks.
 *
 * @throws SluiceError `rules-invalid` with file, line and column
 */
export function readConfiguration({ file, text }: RuleFile): Configuration {
  const document = new TomlDocument(file, text);
  const { root } = document;
  const problems = unknownKeys(root, KEYS, 'the file');
  const rules = root.tables('rules').map((table) => readRule(table, problems));
  refuseDuplicates(root, rules);
  const global: Allowlist[] = [];
  const targeted: TargetedAllowlist[] = [];
  for (const table of allowlistTables(root, 'allowlist')) {
    const allowlist = readAllowlist(table, problems, 'the global allowlist');
    const targets = table.strings('targetRules');
    if (targets.length === 0) global.push(allowlist);
    else targeted.push({ rules: targets, allowlist, path: [...table.path, 'targetRules'] });
  }
  return { document, extend: readExtend(root, problems), rules, allowlists: global, targeted, problems };
}

/** Reads `[extend]`. */
function readExtend(root: TomlTable, problems: Problem[]): Extend {
  const table = root.table('extend');
  if (table === undefined) return { useDefault: false, path: '', disabledRules: [] };
  problems.push(...unknownKeys(table, EXTEND_KEYS, '[extend]'));
  const useDefault = table.boolean('useDefault');
  const path = table.string('path');
  if (useDefault && path !== '') {
    throw table.error('path', '"useDefault" and "path" cannot be used together', 'Keep one of them.');
  }
  if (table.string('url') !== '') {
    const hint = 'Store the file beside this one and name it with "path".';
    problems.push({ ...unsupported(table, 'url', 'extend.url is not read: rules are never fetched'), hint });
  }
  return { useDefault, path, disabledRules: table.strings('disabledRules') };
}

function refuseDuplicates(root: TomlTable, rules: readonly Rule[]): void {
  const seen = new Set<string>();
  rules.forEach(({ id }, index) => {
    if (seen.has(id))
      throw root.document.error(['rules', String(index), 'id'], `there are two rules with the id "${id}"`);
    seen.add(id);
  });
}
