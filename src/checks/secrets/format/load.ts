import { SluiceError } from '#core/error.ts';
import type { Problem } from '#core/problem.ts';
import { plain } from '#core/secret.ts';
import type { Rule, RuleSet } from '../rule.ts';
import { type Configuration, type RuleFile, readConfiguration } from './config.ts';
import { closest } from './document.ts';

/** How many configurations may stand behind one another through `extend`, as in gitleaks. */
const MAX_DEPTH = 2;

export interface Loaded {
  readonly set: RuleSet;
  readonly problems: readonly Problem[];
  /** Whether the configuration asked for the shipped rules, which are then part of the set. */
  readonly usesShipped: boolean;
}

/**
 * Reads a gitleaks configuration and joins what it extends to it. `extend.useDefault` brings in *our* shipped rules, as
 * it brings in its own in gitleaks; a team that wants gitleaks' default rules names that file with `extend.path`.
 * `extensions` holds the text of files named by `extend.path`, by that path.
 *
 * @throws SluiceError `rules-invalid`, `rules-not-found`
 */
export function loadRules(file: RuleFile, shipped: RuleSet, extensions: ReadonlyMap<string, string>): Loaded {
  const loader = new Loader(shipped, extensions);
  const set = loader.load(readConfiguration(file), 0);
  return { set, problems: loader.problems, usesShipped: loader.usesShipped };
}

class Loader {
  readonly problems: Problem[] = [];
  usesShipped = false;
  readonly #shipped: RuleSet;
  readonly #extensions: ReadonlyMap<string, string>;

  constructor(shipped: RuleSet, extensions: ReadonlyMap<string, string>) {
    this.#shipped = shipped;
    this.#extensions = extensions;
  }

  load(configuration: Configuration, depth: number): RuleSet {
    this.problems.push(...configuration.problems);
    const base = this.#base(configuration, depth);
    const { allowlists } = configuration;
    const joint = base === undefined ? configuration.rules : this.#extend(configuration, base);
    const all = base === undefined ? allowlists : [...allowlists, ...base.allowlists];
    if (depth > 0) return { rules: joint, allowlists: all };
    const rules = this.#aim(configuration, joint);
    checkRules(configuration, rules);
    return { rules, allowlists: all };
  }

  #base(configuration: Configuration, depth: number): RuleSet | undefined {
    const { useDefault, path } = configuration.extend;
    if (!useDefault && path === '') return undefined;
    const { document } = configuration;
    if (depth >= MAX_DEPTH) {
      const at = document.position(['extend']);
      const message = `extend is followed ${MAX_DEPTH} files deep; what this file extends takes no part`;
      this.problems.push({ code: 'rule-unsupported', message: plain(message), path: at.file });
      return undefined;
    }
    if (useDefault) {
      this.usesShipped = true;
      return this.#shipped;
    }
    const text = this.#extensions.get(path);
    if (text === undefined) {
      throw new SluiceError('rules-not-found', `the rule file that extend.path names is not there: ${path}`, {
        at: document.position(['extend', 'path']),
        hint: 'It is looked for from the folder of the file that names it.',
      });
    }
    return this.load(readConfiguration({ file: path, text }), depth + 1);
  }

  #extend(configuration: Configuration, base: RuleSet): readonly Rule[] {
    const { extend } = configuration;
    const ids = base.rules.map((rule) => rule.id);
    extend.disabledRules.forEach((id, index) => {
      if (!ids.includes(id)) this.#unknown(configuration, ['extend', 'disabledRules', String(index)], id, ids);
    });
    const own = new Map(configuration.rules.map((rule) => [rule.id, rule]));
    const merged = base.rules
      .filter((rule) => !extend.disabledRules.includes(rule.id))
      .map((rule) => merge(rule, own.get(rule.id)));
    const taken = new Set(merged.map((rule) => rule.id));
    return [...merged, ...configuration.rules.filter((rule) => !taken.has(rule.id))];
  }

  /** Hands each allowlist with `targetRules` to its rules. */
  #aim(configuration: Configuration, rules: readonly Rule[]): readonly Rule[] {
    const ids = rules.map((rule) => rule.id);
    for (const { rules: targets, path } of configuration.targeted) {
      targets.forEach((id, index) => {
        if (!ids.includes(id)) this.#unknown(configuration, [...path, String(index)], id, ids);
      });
    }
    return rules.map((rule) => {
      const aimed = configuration.targeted.filter((entry) => entry.rules.includes(rule.id));
      if (aimed.length === 0) return rule;
      return { ...rule, allowlists: [...rule.allowlists, ...aimed.map((entry) => entry.allowlist)] };
    });
  }

  #unknown(configuration: Configuration, path: readonly string[], id: string, ids: readonly string[]): void {
    const at = configuration.document.position(path);
    const meant = closest(id, ids);
    this.problems.push({
      code: 'rule-unknown',
      message: plain(`there is no rule ${id.replace(/[^\w.-]/g, '?').slice(0, 100)}, so this has no effect`),
      ...(meant === undefined ? {} : { hint: `Did you mean "${meant}"?` }),
      path: at.file,
      ...(at.line === undefined ? {} : { line: at.line }),
    });
  }
}

/** gitleaks' way to change a rule it extends: what is given replaces, lists are added to. */
function merge(base: Rule, own: Rule | undefined): Rule {
  if (own === undefined) return base;
  const regex = own.regex === undefined ? base : own;
  return {
    ...base,
    ...(own.title === '' ? {} : { title: own.title }),
    ...(regex.regex === undefined ? {} : { regex: regex.regex, plan: regex.plan }),
    ...(own.path === undefined ? {} : { path: own.path }),
    ...(own.entropy === 0 ? {} : { entropy: own.entropy }),
    ...(own.secretGroup === 0 ? {} : { secretGroup: own.secretGroup }),
    keywords: [...new Set([...base.keywords, ...own.keywords])],
    tags: [...base.tags, ...own.tags],
    allowlists: [...base.allowlists, ...own.allowlists],
  };
}

/** What can only be judged once everything is joined. */
function checkRules({ document, rules: own }: Configuration, rules: readonly Rule[]): void {
  const ids = new Set(rules.map((rule) => rule.id));
  for (const rule of rules) {
    const index = own.findIndex(({ id }) => id === rule.id);
    const path = index === -1 ? [] : ['rules', String(index)];
    if (rule.regex === undefined && rule.path === undefined && rule.detector === undefined) {
      throw document.error(path, `rule ${rule.id} has neither a regex nor a path, so it can find nothing`);
    }
    for (const [at, required] of rule.required.entries()) {
      if (ids.has(required.id)) continue;
      const meant = closest(required.id, [...ids]);
      const hint = meant === undefined ? undefined : `Did you mean "${meant}"?`;
      throw document.error(
        [...path, 'required', String(at)],
        `rule ${rule.id} requires a rule that does not exist`,
        hint,
      );
    }
  }
}
