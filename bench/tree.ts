import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { best, type Figure, measure, SLUICE } from './process.ts';

/*
 * How fast a work tree is scanned, by the whole program: start, list, read, match, judge, report. `SLUICE_CORPUS_TREE`
 * names a folder of real source text; `SLUICE_GITLEAKS` and `SLUICE_GITLEAKS_RULES` the peer and its configuration.
 */

const LEAST_MEGABYTES = 100;
const MOST_MEMORY = 300;

export function run(folder: string, gitleaks?: string, rules?: string): Figure[] {
  statSync(folder);
  const scan = (...options: string[]) =>
    best(3, () => measure(process.execPath, [resolve(SLUICE), 'scan', '--no-cache', '--json', ...options, folder]));
  const own = scan();
  const megabytes = (JSON.parse(own.output) as { coverage: { bytes: number } }).coverage.bytes / 1e6;
  const rate = megabytes / own.cpu;
  const figures: Figure[] = [
    {
      what: `work tree, ${megabytes.toFixed(0)} MB, every shipped rule`,
      measured: `${own.cpu.toFixed(2)} CPU s: ${rate.toFixed(0)} MB per CPU second`,
      target: `at least ${LEAST_MEGABYTES}`,
      met: rate >= LEAST_MEGABYTES,
    },
    {
      what: 'peak memory of it',
      measured: `${own.memory.toFixed(0)} MB`,
      target: `at most ${MOST_MEMORY} MB`,
      met: own.memory <= MOST_MEMORY,
    },
  ];
  return gitleaks === undefined || rules === undefined ? figures : [...figures, peer(folder, gitleaks, rules)];
}

/** The same rules in both programs. */
function peer(folder: string, gitleaks: string, rules: string): Figure {
  const config = resolve('bench/rules-only.yaml');
  const ours = best(3, () =>
    measure(process.execPath, [
      resolve(SLUICE),
      'scan',
      folder,
      '--no-cache',
      '-q',
      '--config',
      config,
      '--rules',
      rules,
    ]),
  );
  const theirs = measure(gitleaks, ['dir', folder, '--no-banner', '--exit-code', '0', '--config', rules]);
  const ratio = theirs.cpu / ours.cpu;
  return {
    what: 'work tree, gitleaks’ rules, against gitleaks',
    measured: `${ours.cpu.toFixed(2)} against ${theirs.cpu.toFixed(2)} CPU s: ${ratio.toFixed(1)} times faster`,
    target: 'at least 5 times',
    met: ratio >= 5,
  };
}
