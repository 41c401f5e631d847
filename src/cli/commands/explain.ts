import { type ExplainedCheck, explainCheck } from '#app/families.ts';
import type { Example } from '#core/check.ts';
import { print } from '../output.ts';

export async function run(id: string, options: { readonly json?: boolean }): Promise<number> {
  const explained = await explainCheck(id);
  const text = options.json === true ? `${JSON.stringify({ version: 1, ...explained }, null, 2)}\n` : pageOf(explained);
  await print(text);
  return 0;
}

function pageOf({ summary, documentation }: ExplainedCheck): string {
  const { severity, confidence, cwe, tags } = summary;
  const facts = [`severity ${severity}`, `confidence ${confidence}`, ...cwe.map((number) => `CWE-${number}`), ...tags];
  const sections = [
    [`${summary.title}`, `${summary.id}\n${facts.join(' · ')}`],
    ['What it looks for', documentation.looksFor],
    ['Why it matters', documentation.why],
    ['What to do', documentation.fix],
    ['What it does not see', documentation.limits],
    ['Found', examples(documentation.bad)],
    ['Not found', examples(documentation.good)],
    ['Set one aside', `In a comment on the line: sluice: allow ${summary.id} -- reason until 2027-01-31`],
    ['Read more', documentation.references.join('\n')],
  ] as const;
  return `${sections
    .filter(([, body]) => body.trim() !== '')
    .map(([heading, body]) => `${heading}\n${indent(body.trim())}`)
    .join('\n\n')}\n`;
}

/** The placeholders stay as they are written: what they stand for is made when the examples run as tests. */
const examples = (list: readonly Example[]): string => list.map(({ content }) => content.trim()).join('\n\n');

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
