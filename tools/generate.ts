import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { explanations } from '#app/families.ts';
import { scan } from '#app/scan.ts';
import { createProgram } from '#cli/program.ts';
import { configSchema, policySchema } from '#config/schema.ts';
import { planReportSchema } from '#pipeline/plan/schema.ts';
import { runEventSchema, runSchema } from '#pipeline/run/record.ts';
import { reportSchema } from '#report/json-schema.ts';
import { render } from '#report/text.ts';
import { checkPages, type LoadFamily } from './generators/check-pages.ts';
import { checkRegistry, familyNames } from './generators/check-registry.ts';
import { cliReference } from './generators/cli-reference.ts';
import type { GeneratedFile } from './generators/generated-file.ts';
import { jsonSchema } from './generators/json-schemas.ts';
import { scanPicture } from './generators/scan-picture.ts';

/*
 * Writes every file that is made from the code. With --check it writes nothing, and fails when one is not as it would
 * be written. To add a file, add its GeneratedFile to the list below.
 */

const CHECKS = 'src/checks';

const loadFamily =
  (name: string): LoadFamily =>
  async () =>
    (await import(`#checks/${name}/index.ts`)).family;

const families = Object.fromEntries(familyNames(CHECKS).map((name) => [name, loadFamily(name)]));

const files: readonly GeneratedFile[] = [
  checkRegistry(CHECKS),
  ...(await checkPages(families)),
  jsonSchema({ name: 'sluice', title: 'sluice.yaml', schema: configSchema }),
  jsonSchema({ name: 'policy', title: 'Policy of sluice', schema: policySchema }),
  jsonSchema({ name: 'report', title: 'JSON report of sluice', schema: reportSchema }),
  jsonSchema({ name: 'plan', title: 'Plan of workflows', schema: planReportSchema }),
  jsonSchema({ name: 'run', title: 'A run of sluice', schema: runSchema }),
  jsonSchema({ name: 'run-event', title: 'Events of a run of sluice', schema: runEventSchema }),
  cliReference(() => createProgram(() => undefined)),
  scanPicture('npx sluice scan examples/storefront', scanExample),
];

/** The demo's scan, as a terminal of 100 columns shows it. */
async function scanExample(): Promise<string> {
  const request = { target: 'examples/storefront', version: '0.1.0', environment: {}, workers: 0 };
  const options = { staged: false, history: false, verify: false, cache: false, baseline: false };
  const { report } = await scan({ ...request, ...options });
  const documentation = await explanations(report.checks);
  return [...render(report, { color: true, width: 100, verbose: false, documentation })].join('');
}

/** Folders that hold nothing but generated files: what no generator names any more is removed. */
const WHOLLY_GENERATED = ['docs/reference', 'schemas'];

const known = new Set(files.map(({ path }) => path));
const orphans = WHOLLY_GENERATED.filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`))
  .filter((path) => /\.(md|json)$/.test(path) && !known.has(path));

const stale: string[] = [...orphans];
const check = process.argv.includes('--check');
for (const { path, render } of files) {
  const content = await render();
  if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
  stale.push(path);
  if (check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
if (!check) for (const path of orphans) rmSync(path);

for (const path of stale) console.error(check ? `${path} is not what the code says` : `wrote ${path}`);
if (check && stale.length > 0) {
  console.error('Run `npm run generate` and commit what it writes.');
  process.exitCode = 1;
}
