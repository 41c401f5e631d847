import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describe as describeViolations, findViolations, type Violation } from './boundaries.ts';
import { allRules, configuration } from './boundary-rules.ts';

/** One import of each kind that must not be: the rule, the importing file, what it imports. */
const BREACHES: readonly (readonly [rule: string, from: string, imports: string])[] = [
  ['no-cycles', 'src/gate/chicken.ts', './egg.ts'],
  ['no-cycles', 'src/gate/egg.ts', './chicken.ts'],
  ['core-is-the-floor', 'src/core/a.ts', '#gate/target.ts'],
  ['core-and-checks-do-no-io', 'src/core/b.ts', 'node:fs'],
  ['core-and-checks-do-no-io', 'src/checks/secrets/b.ts', 'node:child_process'],
  ['core-and-checks-do-no-io', 'src/language/b.ts', 'node:fs/promises'],
  ['checks-see-core-and-language-only', 'src/checks/secrets/c.ts', '#gate/target.ts'],
  ['checks-never-import-each-other', 'src/checks/secrets/d.ts', '#checks/code/target.ts'],
  ['only-app-reads-the-registry', 'src/report/e.ts', '#checks/registry.generated.ts'],
  ['only-app-reads-the-registry', 'src/cli/e.ts', '#checks/registry.generated.ts'],
  ['engine-is-handed-its-checks', 'src/engine/f.ts', '#checks/code/target.ts'],
  ['rooms-see-ports-not-adapters', 'src/source/g.ts', '#adapters/target.ts'],
  ['rooms-see-ports-not-adapters', 'src/cli/g.ts', '#adapters/target.ts'],
  ['rooms-never-import-each-other', 'src/report/h.ts', '#gate/target.ts'],
  ['rooms-never-import-each-other', 'src/adapters/h.ts', '#gate/target.ts'],
  ['rooms-never-import-each-other', 'src/report/room-of-tomorrow.ts', '#app/target.ts'],
  ['rooms-never-import-checks', 'src/report/i.ts', '#checks/code/target.ts'],
  ['faces-go-through-app', 'src/cli/j.ts', '#gate/target.ts'],
  ['nothing-imports-a-face', 'src/app/k.ts', '#cli/target.ts'],
  ['web-sees-the-contract-only', 'web/l.ts', '#core/target.ts'],
  ['src-never-imports-tests-or-tools', 'src/gate/m.ts', '../../test/target.ts'],
  ['src-never-imports-tests-or-tools', 'src/gate/n.ts', './target.test.ts'],
  ['src-never-imports-tests-or-tools', 'src/gate/n2.ts', './fixture.ts'],
  ['no-development-dependency', 'src/gate/o.ts', 'vitest'],
  ['not-to-unresolvable', 'src/gate/p.ts', '#gate/nowhere.ts'],
  ['file-system-only-where-it-is-the-job', 'src/report/q.ts', 'node:fs'],
  ['file-system-only-where-it-is-the-job', 'src/gate/q.ts', 'node:fs/promises'],
  ['processes-only-in-adapters', 'src/source/r.ts', 'node:child_process'],
  ['network-only-in-adapters-and-server', 'src/app/s.ts', 'node:http'],
  ['threads-only-in-engine-and-app', 'src/source/t.ts', 'node:worker_threads'],
  ['not-unreachable', 'src/gate/nobody.ts', '#core/target.ts'],
];

/** What is allowed stays silent: the same imports from the folders whose job they are. */
const ALLOWED: readonly (readonly [from: string, imports: string])[] = [
  ['src/gate/u.ts', '#core/target.ts'],
  ['src/gate/u.test.ts', 'node:fs'],
  ['src/gate/v.test.ts', '#adapters/target.ts'],
  ['src/gate/v.ts', 'zod'],
  ['src/checks/secrets/u.ts', '#language/target.ts'],
  ['src/checks/secrets/v.ts', 'node:crypto'],
  ['src/app/u.ts', '#checks/registry.generated.ts'],
  ['src/app/v.ts', '#adapters/target.ts'],
  ['src/app/w.ts', '#gate/target.ts'],
  ['src/cli/u.ts', '#app/target.ts'],
  ['src/cli/v.ts', '#report/target.ts'],
  ['src/engine/u.ts', 'node:worker_threads'],
  ['src/source/u.ts', 'node:fs'],
  ['src/adapters/u.ts', 'node:child_process'],
  ['src/server/u.ts', '#contract/target.ts'],
  ['web/u.ts', '#contract/target.ts'],
  ['test/u.ts', '#checks/registry.generated.ts'],
];

const TARGETS = ['core', 'language', 'gate', 'report', 'adapters', 'app', 'cli', 'contract', 'checks/code'];
const project = mkdtempSync(join(tmpdir(), 'sluice-boundaries-'));
let violations: readonly Violation[];

const write = (path: string, content: string): void => {
  mkdirSync(join(project, dirname(path)), { recursive: true });
  writeFileSync(join(project, path), content);
};

beforeAll(async () => {
  write('package.json', JSON.stringify({ name: 'fixture', type: 'module', imports: { '#*': './src/*' } }));
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'));
  for (const target of TARGETS) write(`src/${target}/target.ts`, 'export const value = 1;\n');
  for (const path of ['test/target.ts', 'src/gate/target.test.ts', 'src/gate/fixture.ts'])
    write(path, 'export const value = 1;\n');
  write('src/checks/registry.generated.ts', "export const families = () => import('#checks/code/target.ts');\n");
  const imports = [...BREACHES.map(([, from, to]) => [from, to] as const), ...ALLOWED];
  for (const [from, to] of imports) write(from, `import * as target from '${to}';\nexport const seen = target;\n`);
  const reached = imports
    .map(([from]) => from)
    .filter((from) => from !== 'src/gate/nobody.ts' && from.startsWith('src/'));
  write('src/cli/main.ts', [...reached, ...TARGETS.map((name) => `src/${name}/target.ts`)].map(loads).join('\n'));
  violations = await findViolations(project, configuration(true));
});

afterAll(() => rmSync(project, { recursive: true }));

const loads = (path: string): string => `void import('../../${path}');`;
const isEntry = ({ from }: Violation): boolean => from === 'src/cli/main.ts';

test.each(BREACHES)('%s: %s may not import %s', (rule, from) => {
  const names = violations
    .filter((violation) => [violation.from, ...violation.to.split(' → ')].includes(from))
    .filter((violation) => rule === 'not-unreachable' || !isEntry(violation));
  expect(names.map((violation) => violation.rule)).toContain(rule);
  expect(new Set(names.map((violation) => violation.rule))).toEqual(new Set([rule]));
});

test.each(ALLOWED)('%s may import %s', (from) => {
  expect(violations.filter((violation) => violation.from === from)).toEqual([]);
});

test('every rule has a fixture that breaks it, and a comment that says what to do', () => {
  expect([...new Set(BREACHES.map(([rule]) => rule))].toSorted()).toEqual(allRules.map(({ name }) => name).toSorted());
  for (const { comment } of allRules) expect(comment?.length).toBeGreaterThan(60);
});

test('what is printed names the rule once, its comment and both files', () => {
  const broken = violations.filter(({ rule }) => rule === 'engine-is-handed-its-checks');
  expect(describeViolations(broken)).toMatch(
    /^engine-is-handed-its-checks: The engine runs .*\n {2}src\/engine\/f\.ts → src\/checks\/code\/target\.ts$/,
  );
});
