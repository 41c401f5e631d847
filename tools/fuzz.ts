import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';

/*
 * `npm run fuzz [-- MINUTES]`: runs every property test and fuzzer again and again with new seeds until the time is up, and
 * stops at the first failure, whose output holds the seed and the smallest counterexample.
 */

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes > 0)) throw new Error('say how many minutes: npm run fuzz -- 10');

const files = globSync('{src,test,tools}/**/*.test.ts').filter(
  (file) => !file.endsWith('.corpus.test.ts') && readFileSync(file, 'utf8').includes("from 'fast-check'"),
);
const env = { ...process.env, SLUICE_FUZZ_RUNS: process.env['SLUICE_FUZZ_RUNS'] ?? '2000' };
const end = Date.now() + minutes * 60_000;
let rounds = 0;
do {
  rounds += 1;
  const args = ['vitest', 'run', '--reporter=dot', '--testTimeout=600000', ...files];
  const { status } = spawnSync('npx', args, { stdio: 'inherit', env });
  if (status !== 0) {
    console.error(`fuzz: something was found in round ${rounds}; the seed is above`);
    process.exit(1);
  }
} while (Date.now() < end);
console.log(`fuzz: nothing found in ${rounds} rounds over ${files.length} files, ${minutes} minutes`);
