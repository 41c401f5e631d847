import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { detectGeneric, GENERIC_KEYWORDS } from './detect.ts';

/* The cases of gitleaks for its generic rule; see test/secrets/gitleaks.corpus.test.ts for what the variable names. */

interface Case {
  readonly ruleId: string;
  readonly tps: readonly { readonly text: string }[];
  readonly fps: readonly { readonly text: string }[];
}

const folder = process.env['SLUICE_CORPUS_GITLEAKS'];
const cases = folder === undefined ? [] : (JSON.parse(readFileSync(`${folder}/cases.json`, 'utf8')) as Case[]);
const generic = cases.find(({ ruleId }) => ruleId === 'generic-api-key');

/** Whether the detector finds anything, asked at every keyword. */
function isHit({ text }: { readonly text: string }): boolean {
  const lower = text.toLowerCase();
  return GENERIC_KEYWORDS.some((keyword) => {
    for (let at = lower.indexOf(keyword); at !== -1; at = lower.indexOf(keyword, at + 1)) {
      if (detectGeneric(text, at, keyword) !== undefined) return true;
    }
    return false;
  });
}

test.runIf(folder)('every true positive is found and no false one', () => {
  expect(generic?.tps.length).toBeGreaterThan(50);
  expect(generic?.tps.filter((tp) => !isHit(tp)).length).toBe(0);
  expect(generic?.fps.filter(isHit).length).toBe(0);
});
