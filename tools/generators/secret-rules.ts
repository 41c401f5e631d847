import { readdirSync, readFileSync } from 'node:fs';
import { readConfiguration } from '#checks/secrets/format/config.ts';
import type { TomlTable } from '#checks/secrets/format/document.ts';
import type { Rule, RuleSet } from '#checks/secrets/rule.ts';
import type { CheckDocumentation, Example } from '#core/check.ts';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

const FOLDER = 'src/checks/secrets';

/**
 * The shipped secret rules as two modules: what a scan needs, and the documentation that loads only when it is shown.
 * Both hold their data as one JSON string, which starts several times faster than an object literal.
 */
export const secretRules = (): GeneratedFile[] => [
  { path: `${FOLDER}/rules.generated.ts`, render: async () => rulesModule(read().map(({ rule }) => rule)) },
  { path: `${FOLDER}/docs.generated.ts`, render: async () => docsModule(read().map(documentationOf)) },
];

interface ShippedRule {
  readonly rule: Rule;
  readonly table: TomlTable;
  readonly sluice: TomlTable;
}

function read(): ShippedRule[] {
  return readdirSync(`${FOLDER}/rules`)
    .filter((name) => name.endsWith('.toml'))
    .toSorted()
    .map((name) => {
      const file = `${FOLDER}/rules/${name}`;
      const { rules, document, problems } = readConfiguration({ file, text: readFileSync(file, 'utf8') });
      const [rule] = rules;
      const [table] = document.root.tables('rules');
      const sluice = table?.table('sluice');
      if (rule === undefined || table === undefined || sluice === undefined || rules.length !== 1) {
        throw new Error(`${file}: expected one [[rules]] with [rules.sluice]`);
      }
      if (problems.length > 0) throw new Error(`${file}: ${problems[0]?.message}`);
      return { rule, table, sluice };
    });
}

function rulesModule(rules: readonly Rule[]): string {
  const file = `${FOLDER}/allowlists.toml`;
  const { allowlists } = readConfiguration({ file, text: readFileSync(file, 'utf8') });
  const set: RuleSet = { rules, allowlists };
  return `// ${NOTICE}
import type { RuleSet } from './rule.ts';

/** The shipped rules, ready to match. */
export const SHIPPED: RuleSet = JSON.parse(${literal(set)});
`;
}

function documentationOf(shipped: ShippedRule): CheckDocumentation {
  const { rule, sluice } = shipped;
  return {
    id: `secrets/${rule.id}`,
    looksFor: looksFor(rule),
    why: sluice.string('why').trim(),
    fix: sluice.string('fix').trim(),
    limits: sluice.string('limits').trim(),
    references: sluice.strings('references'),
    bad: examples(shipped, 'bad'),
    good: examples(shipped, 'good'),
  };
}

function looksFor({ title, detector, entropy, facts, keywords }: Rule): string {
  if (detector === 'generic') return `${title}: names that say so, bound to values that look drawn by lot.`;
  const where = keywords.length === 0 ? '' : `, near ${keywords.map((word) => `\`${word}\``).join(' or ')}`;
  const random = entropy > 0 ? `, with more than ${entropy} bits of entropy per character` : '';
  const proof = facts.proof === undefined ? '' : ' Its structure is checked as well.';
  return `${title}${where}${random}.${proof}`;
}

/** Where examples stand whose rule does not ask about the path, and names that rules do ask for. */
const PATHS = [
  'settings.conf',
  'main.tf',
  'wp-config.php',
  'secret.yaml',
  '.npmrc',
  '.netrc',
  '.pgpass',
  '.pypirc',
  'nuget.config',
  'config/master.key',
];

/** An example of a rule about paths is a path; any other stands in a file whose path its rule takes. */
function examples({ rule, sluice }: ShippedRule, key: 'bad' | 'good'): Example[] {
  const contents = sluice.strings(key);
  if (rule.regex === undefined && rule.detector === undefined) {
    return contents.map((path) => ({ path, content: key === 'bad' ? '«»' : '' }));
  }
  const path = PATHS.find((name) => rule.path === undefined || new RegExp(rule.path, 'u').test(name));
  if (path === undefined) throw new Error(`${rule.id}: none of the example paths is one that its path takes`);
  return contents.map((content) => ({ path, content }));
}

const docsModule = (pages: readonly CheckDocumentation[]): string => `// ${NOTICE}
import type { CheckDocumentation } from '#core/check.ts';

/** Documentation of the shipped rules. */
export const documentation = (): readonly CheckDocumentation[] => JSON.parse(${literal(pages)});
`;

/** Data as a JavaScript string literal that holds its JSON. */
function literal(data: unknown): string {
  const json = JSON.stringify(data);
  const escaped = json.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}
