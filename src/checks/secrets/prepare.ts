import { createHash } from 'node:crypto';
import type { CheckSummary, Prepared } from '#core/check.ts';
import type { Problem } from '#core/problem.ts';
import { plain } from '#core/secret.ts';
import type { RuleFile } from './format/config.ts';
import { loadRules } from './format/load.ts';
import { checkId, SecretsInspector } from './inspector.ts';
import type { Rule, RuleSet } from './rule.ts';
import { SHIPPED } from './rules.generated.ts';

/** How the family is set up; survives structured clone. */
export interface SecretsOptions {
  /** Whether the shipped rules take part even if no rule file asks for them. */
  readonly shipped?: boolean;
  /** gitleaks configurations of the user's. */
  readonly rules?: readonly RuleFile[];
  /** The text of files that those extend, by the path as written there; see `extendedPath`. */
  readonly extensions?: Readonly<Record<string, string>>;
  /** Ids of rules that take no part. */
  readonly disabled?: readonly string[];
}

/** Changes whenever the same rules could give other answers than before. */
const ALGORITHM = 'secrets/2';

/** The rule sets that take part, joined as each configuration asks. */
export interface Assembled {
  readonly sets: readonly RuleSet[];
  readonly problems: readonly Problem[];
}

/**
 * Joins the shipped rules and the user's. A user's rule with the id of a shipped one takes its place.
 *
 * @throws SluiceError `rules-invalid`, `rules-not-found`
 */
export function assemble({ shipped = true, rules = [], extensions = {}, disabled = [] }: SecretsOptions): Assembled {
  const files = new Map(Object.entries(extensions));
  const loaded = rules.map((file) => loadRules(file, SHIPPED, files));
  const own = loaded.map(({ set }) => set);
  const taken = new Set([...disabled, ...own.flatMap((set) => set.rules.map(({ id }) => id))]);
  const beside = shipped && !loaded.some(({ usesShipped }) => usesShipped);
  const sets = [
    ...(beside ? [{ ...SHIPPED, rules: SHIPPED.rules.filter(({ id }) => !taken.has(id)) }] : []),
    ...own.map((set) => ({ ...set, rules: set.rules.filter(({ id }) => !disabled.includes(id)) })),
  ];
  const known = new Set([SHIPPED, ...own].flatMap((set) => set.rules.map(({ id }) => id)));
  const unknown = disabled.filter((id) => !known.has(id)).map(unknownRule);
  return { sets: withoutDoubles(sets), problems: [...loaded.flatMap(({ problems }) => problems), ...unknown] };
}

/** A rule that somebody meant to switch off, and that goes on under its true name. */
const unknownRule = (id: string): Problem => ({
  code: 'rule-unknown',
  message: plain(`secrets.disabled names ${id.replace(/[^\w.-]/g, '?').slice(0, 100)}, and there is no such rule.`),
  hint: 'sluice checks --ids lists them; leave out the part before the slash.',
});

/** Of rules with one id the last file's counts, so that a check id means one thing. */
function withoutDoubles(sets: readonly RuleSet[]): RuleSet[] {
  const last = new Map<string, RuleSet>();
  for (const set of sets) for (const { id } of set.rules) last.set(id, set);
  return sets.map((set) => ({ ...set, rules: set.rules.filter(({ id }) => last.get(id) === set) }));
}

export function prepare(options: SecretsOptions): Prepared {
  const { sets, problems } = assemble(options);
  return {
    inspector: new SecretsInspector(sets),
    checks: sets.flatMap((set) => set.rules.filter(({ skipReport }) => !skipReport).map(summaryOf)),
    problems,
    // Only the main thread asks for it.
    get digest() {
      return digestOf(sets);
    },
  };
}

function digestOf(sets: readonly RuleSet[]): string {
  return createHash('sha256').update(ALGORITHM).update(JSON.stringify(sets)).digest('hex');
}

export function summaryOf({ id, title, tags, facts }: Rule): CheckSummary {
  return {
    id: checkId(id),
    title: title === '' ? id : title,
    severity: facts.severity,
    confidence: facts.confidence,
    cwe: facts.cwe,
    tags,
    remedy: facts.remedy,
    lifecycle: 'stable',
  };
}
