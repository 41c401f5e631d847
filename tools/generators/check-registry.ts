import { existsSync, readdirSync } from 'node:fs';
import { type GeneratedFile, NOTICE } from './generated-file.ts';

/** The families of checks: the folders of `checks` that have an `index.ts`, in code unit order. */
export function familyNames(checks: string): string[] {
  return readdirSync(checks, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${checks}/${entry.name}/index.ts`))
    .map(({ name }) => name)
    .toSorted();
}

/** The registry: adding a folder adds a family, and no list has to be edited. */
export const checkRegistry = (checks: string): GeneratedFile => ({
  path: 'src/checks/registry.generated.ts',
  render: async () => `// ${NOTICE}
import type { Family } from '#core/check.ts';

/** Every family of checks by name, one for each folder here. A family loads when its function is called. */
export const families = {
${familyNames(checks)
  .map((name) => `  ${key(name)}: async () => (await import('./${name}/index.ts')).family,\n`)
  .join('')}} as const satisfies Readonly<Record<string, () => Promise<Family>>>;
`,
});

const key = (name: string): string => (/^[a-z]+$/.test(name) ? name : `'${name}'`);
