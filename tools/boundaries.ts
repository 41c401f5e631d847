import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { configuration } from './boundary-rules.ts';

/** One import that a rule of `tools/boundary-rules.ts` forbids. */
export interface Violation {
  readonly rule: string;
  readonly from: string;
  /** What it imports; of a cycle, every step back to `from`. */
  readonly to: string;
  readonly comment: string;
}

const ROOTS = ['src', 'web', 'tools', 'test', 'bench'];

/**
 * Every forbidden import below `folder`, in order of rule, importer and imported. Paths are relative to `folder`, which
 * has the shape of this repository: `src`, `web`, `tools`, `test`, `bench`, each of them optional.
 */
export async function findViolations(
  folder: string,
  { forbidden = [], options = {} }: IConfiguration,
): Promise<Violation[]> {
  const roots = ROOTS.filter((root) => existsSync(`${folder}/${root}`));
  const { output } = await cruise(roots, { ...options, baseDir: folder, validate: true, ruleSet: { forbidden } });
  const comments = new Map(forbidden.map(({ name, comment }) => [name, comment ?? '']));
  return (output as ICruiseResult).summary.violations
    .map(({ rule, from, to, cycle }) => ({
      rule: rule.name,
      from,
      to: cycle === undefined ? to : cycle.map(({ name }) => name).join(' → '),
      comment: comments.get(rule.name) ?? '',
    }))
    .toSorted((a, b) => order(key(a), key(b)));
}

const key = ({ rule, from, to }: Violation): string => `${rule}\0${from}\0${to}`;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The violations as a person reads them: rule by rule, the comment once, then who imports what. */
export function describe(violations: readonly Violation[]): string {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  return [...byRule]
    .map(([rule, broken]) =>
      [
        `${rule}: ${broken[0]?.comment}`,
        ...broken.map(({ from, to }) => (from === to ? `  ${to}` : `  ${from} → ${to}`)),
      ].join('\n'),
    )
    .join('\n\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = await findViolations(process.cwd(), configuration(existsSync('src/cli/main.ts')));
  if (violations.length > 0) {
    console.error(describe(violations));
    process.exitCode = 1;
  }
}
