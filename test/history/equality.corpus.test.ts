import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SecretsExaminer } from '#checks/secrets/examiner.ts';
import { assemble } from '#checks/secrets/prepare.ts';
import type { Examiner } from '#source/history/examiner.ts';
import { lineExaminer } from '../reference/line-examiner.ts';
import { expected, found, scan } from './repository.ts';

/** Git directories of real repositories with all their objects, separated by colons. */
const corpus = (process.env['SLUICE_CORPUS_HISTORY'] ?? '').split(':').filter((each) => each !== '');

/** A gitleaks configuration whose rules have to agree as well. */
const rules = process.env['SLUICE_GITLEAKS_RULES'];

const gitleaksExaminer = (file: string): Examiner =>
  new SecretsExaminer(assemble({ shipped: false, rules: [{ file, text: readFileSync(file, 'utf8') }] }).sets);

const examiners: Readonly<Record<string, () => Examiner>> = {
  'three rules': () => lineExaminer,
  'the shipped rules': () => new SecretsExaminer(assemble({}).sets),
  ...(rules === undefined ? {} : { 'rules of gitleaks': () => gitleaksExaminer(rules) }),
};

for (const gitDir of corpus) {
  for (const [name, create] of Object.entries(examiners)) {
    it(`finds with ${name} what a scanner of git log -p finds in ${gitDir}`, { timeout: 600_000 }, async () => {
      const examiner = create();
      const result = await scan(gitDir, { examiner });
      expect(found(result)).toEqual(await expected(gitDir, examiner));
    });
  }
}

// A file without a test fails the run, and other corpora may be there without this one.
if (corpus.length === 0)
  it('has no repository to read: SLUICE_CORPUS_HISTORY is not set', () => expect(corpus).toEqual([]));
