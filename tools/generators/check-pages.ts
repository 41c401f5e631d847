import type { CheckDocumentation, CheckSummary, Example, Family } from '#core/check.ts';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

const FOLDER = 'docs/reference/checks';

/** Loads a family: what an entry of the registry is. */
export type LoadFamily = () => Promise<Family>;

/** A page for each family and one that lists them, from the same data that `sluice explain` prints. */
export function checkPages(families: Readonly<Record<string, LoadFamily>>): GeneratedFile[] {
  const names = Object.keys(families).toSorted();
  const pages = names.map((name) => ({
    path: `${FOLDER}/${name}.md`,
    render: async () => familyPage(await (families[name] as LoadFamily)()),
  }));
  const index = {
    path: `${FOLDER}/README.md`,
    render: () => indexPage(names.map((name) => families[name] as LoadFamily)),
  };
  return [index, ...pages];
}

async function indexPage(families: readonly LoadFamily[]): Promise<string> {
  const loaded = await Promise.all(families.map((load) => load()));
  const rows = loaded.map(({ name, checks }) => `| [${name}](${name}.md) | ${checks.length} |`);
  return `${[`<!-- ${NOTICE} -->`, '# Checks', '', '| Family | Checks |', '| --- | ---: |', ...rows].join('\n')}\n`;
}

async function familyPage(family: Family): Promise<string> {
  const documentation = new Map((await family.documentation()).map((entry) => [entry.id, entry]));
  const checks = family.checks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return `${[
    `<!-- ${NOTICE} -->`,
    `# ${family.name}`,
    '',
    `${checks.length} checks. In the examples, \`«\` and \`»\` stand around what is hit, and \`{{…}}\` stands for generated text, so that`,
    'this page holds nothing that looks like a real credential.',
    '',
    '| Check | Title | Severity | Confidence |',
    '| --- | --- | --- | --- |',
    ...checks.map(row),
    ...checks.map((check) => section(check, documentation.get(check.id))),
  ].join('\n')}\n`;
}

const anchor = ({ id }: CheckSummary): string => id.slice(id.indexOf('/') + 1);

const row = (check: CheckSummary): string =>
  `| [${anchor(check)}](#${anchor(check)}) | ${cell(check.title)} | ${check.severity} | ${check.confidence} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function section(check: CheckSummary, documentation: CheckDocumentation | undefined): string {
  if (documentation === undefined) throw new Error(`${check.id} has no documentation`);
  const { looksFor, why, fix, limits, references, bad, good } = documentation;
  return [
    `\n## ${anchor(check)}\n`,
    `**${check.title}** · severity ${check.severity} · confidence ${check.confidence}${weaknesses(check)}${stage(check)}\n`,
    `${looksFor.trim()}\n`,
    `**Why it matters.** ${why.trim()}\n`,
    `**What to do.** ${fix.trim()}\n`,
    `**Limits.** ${limits.trim()}\n`,
    ...block('Found', bad),
    ...block('Not found', good),
    ...(references.length === 0 ? [] : ['References:\n', ...references.map((url) => `- <${url}>`)]),
  ].join('\n');
}

const weaknesses = ({ cwe }: CheckSummary): string =>
  cwe.map((number) => ` · [CWE-${number}](https://cwe.mitre.org/data/definitions/${number}.html)`).join('');

const stage = ({ lifecycle }: CheckSummary): string => (lifecycle === 'stable' ? '' : ` · ${lifecycle}`);

function block(title: string, examples: readonly Example[]): string[] {
  return examples.flatMap(({ path, content }) => {
    const fence = '`'.repeat(Math.max(3, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
    return [`${title} in \`${path}\`:\n`, `${fence}text\n${content.replace(/\n$/, '')}\n${fence}\n`];
  });
}
