import { readFileSync } from 'node:fs';
import { createGit } from '#adapters/git.ts';
import { tuneForHistory } from '#app/runtime.ts';
import { SecretsExaminer } from '#checks/secrets/examiner.ts';
import { assemble } from '#checks/secrets/prepare.ts';
import type { Examiner } from '#source/history/examiner.ts';
import { scanHistory } from '#source/history/history.ts';

/*
 * One scan of one history, for `bench/history.ts` to measure from outside: REPOSITORY, then `shipped`, `none` (reading
 * and attribution alone) or the path of a gitleaks configuration. Prints what was found in numbers.
 */

const NOTHING: Examiner = { lookback: 0, sift: () => undefined, examine: () => undefined, accepts: () => false };

function examinerFor(rules: string): Examiner {
  if (rules === 'none') return NOTHING;
  const own = {
    shipped: false,
    rules: [{ file: rules, text: rules === 'shipped' ? '' : readFileSync(rules, 'utf8') }],
  };
  return new SecretsExaminer(assemble(rules === 'shipped' ? {} : own).sets);
}

const [, , cwd = '.', rules = 'shipped'] = process.argv;
tuneForHistory();
const { hits, commits, blobs, bytes, examined } = await scanHistory({
  git: createGit(),
  cwd,
  examiner: examinerFor(rules),
});
const places = hits.reduce((sum, hit) => sum + hit.places.length, 0);
console.log(JSON.stringify({ hits: hits.length, places, commits, blobs, bytes, examined }));
