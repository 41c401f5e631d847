import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { planOf } from './fixture.ts';

const sample = readFileSync(new URL('../workflow/fixtures.yml', import.meta.url), 'utf8');

it('throws nothing but mistakes of the user, whatever is done to a workflow', async () => {
  const word = fc.constantFrom(
    ...[
      'matrix',
      'needs',
      'os',
      '[]',
      '{}',
      'null',
      '~',
      'true',
      '[release]',
      '*shared',
      '${'.concat('{ fromJSON(github.event) }}'),
    ],
    ...[
      '${'.concat('{ matrix }}'),
      '${'.concat('{ needs.a.b }}'),
      '__proto__',
      'constructor',
      'include',
      'exclude',
      'windows',
    ],
  );
  const edit = fc.record({ at: fc.nat({ max: 200 }), word });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
      // Whole words are replaced, so that most of what comes out is still a workflow.
      const words = sample.split(/(?<=\s)(?=\S)/);
      for (const { at, word: other } of edits)
        words[at % words.length] = words[at % words.length]?.replace(/^\S+/, other) ?? '';
      try {
        const plan = await planOf(words.join(''));
        expect(plan.obstacles.every(({ at }) => (at.line ?? 0) > 0)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(SluiceError);
        expect((error as SluiceError).at?.line).toBeGreaterThan(0);
      }
    }),
    { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 300) },
  );
});
