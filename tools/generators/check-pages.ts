import type { CheckDocumentation, CheckSummary, Example, Family } from '#core/check.ts';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

const FOLDER = 'docs/reference/checks';

/** Loads a family: what an entry of the registry is. */
export type LoadFamily = () => Promise<Family>;

/** A page for each check, one for each family that lists them, and one that lists the families: what `sluice explain` says. */
export async function checkPages(families: Readonly<Record<string, LoadFamily>>): Promise<GeneratedFile[]> {
  const loaded = await Promise.all(
    Object.keys(families)
      .toSorted()
      .map((name) => (families[name] as LoadFamily)()),
  );
  const pages = await Promise.all(loaded.map(familyPages));
  return [page(`${FOLDER}/README.md`, () => indexPage(loaded)), ...pages.flat()];
}

const page = (path: string, render: () => string): GeneratedFile => ({ path, render: async () => render() });

async function familyPages(family: Family): Promise<GeneratedFile[]> {
  const documentation = new Map((await family.documentation()).map((entry) => [entry.id, entry]));
  const checks = family.checks.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [
    page(`${FOLDER}/${family.name}.md`, () => familyPage(family.name, checks)),
    ...checks.map((check) => page(`${FOLDER}/${check.id}.md`, () => checkPage(check, documentation.get(check.id)))),
  ];
}

function indexPage(families: readonly Family[]): string {
  const rows = families.map(({ name, checks }) => `| [${name}](${name}.md) | ${checks.length} |`);
  return `${[`<!-- ${NOTICE} -->`, '# Checks', '', '| Family | Checks |', '| --- | ---: |', ...rows].join('\n')}\n`;
}

function familyPage(name: string, checks: readonly CheckSummary[]): string {
  return `${[
    `<!-- ${NOTICE} -->`,
    `# ${name}`,
    '',
    `Checks: ${checks.length}.`,
    '',
    '| Check | Title | Severity | Confidence |',
    '| --- | --- | --- | --- |',
    ...checks.map(row),
  ].join('\n')}\n`;
}

const shortName = ({ id }: CheckSummary): string => id.slice(id.indexOf('/') + 1);

const row = (check: CheckSummary): string =>
  `| [${shortName(check)}](${check.id}.md) | ${cell(check.title)} | ${check.severity} | ${check.confidence} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

function checkPage(check: CheckSummary, documentation: CheckDocumentation | undefined): string {
  if (documentation === undefined) throw new Error(`${check.id} has no documentation`);
  const { looksFor, why, fix, limits, references, bad, good } = documentation;
  return `${[
    `<!-- ${NOTICE} -->`,
    `# ${check.title}\n`,
    `\`${check.id}\` · severity ${check.severity} · confidence ${check.confidence}${weaknesses(check)}${stage(check)}\n`,
    `${looksFor.trim()}\n`,
    `## Why it matters\n\n${why.trim()}\n`,
    `## What to do\n\n${fix.trim()}\n`,
    `## Limits\n\n${limits.trim()}\n`,
    `## Examples\n\n${LEGEND}\n`,
    ...block('Found', bad),
    ...block('Not found', good),
    ...(references.length === 0 ? [] : [`## References\n\n${references.map((url) => `- <${url}>`).join('\n')}\n`]),
  ].join('\n')}`;
}

const LEGEND =
  'What is hit stands between `«` and `»`; `{{…}}` stands for generated text, so that no page looks like a credential.';

const weaknesses = ({ cwe }: CheckSummary): string =>
  cwe.map((number) => ` · [CWE-${number}](https://cwe.mitre.org/data/definitions/${number}.html)`).join('');

const stage = ({ lifecycle }: CheckSummary): string => (lifecycle === 'stable' ? '' : ` · ${lifecycle}`);

function block(title: string, examples: readonly Example[]): string[] {
  return examples.flatMap(({ path, content: raw }) => {
    const content = raw.replaceAll('\r\n', '\n');
    const fence = '`'.repeat(Math.max(3, ...[...content.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1)));
    return [`${title} in \`${path}\`:\n`, `${fence}text\n${content.replace(/\n$/, '')}\n${fence}\n`];
  });
}
