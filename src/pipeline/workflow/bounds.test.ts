import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { checkWorkflow, MAX_BYTES, readWorkflow } from './read.ts';

const read = (content: string) => readWorkflow({ file: 'ci.yml', content });
const mistakes = (content: string | Uint8Array) => {
  const checked = checkWorkflow({ file: 'ci.yml', content });
  return checked.ok ? [] : checked.mistakes.map(({ code, message, hint, at }) => ({ code, message, hint, at }));
};

describe('bounds', () => {
  it('refuses a file that is too large, and one that is no text', () => {
    expect(mistakes('#'.repeat(MAX_BYTES + 1))[0]?.code).toBe('workflow-too-large');
    expect(mistakes(Uint8Array.of(0x6f, 0x6e, 0x3a, 0x20, 0xff))[0]).toMatchObject({
      code: 'yaml-invalid',
      at: { line: 1, column: 5 },
    });
  });

  it('refuses aliases that multiply', () => {
    const layers = Array.from(
      { length: 12 },
      (_, index) => `  - &l${index + 1} [${Array(12).fill(`*l${index}`).join(', ')}]`,
    );
    const started = performance.now();
    expect(mistakes(`on: push\nbomb:\n  - &l0 [x]\n${layers.join('\n')}\n`)[0]?.code).toBe('workflow-too-large');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it.each(['[', '{a: ', '- ', 'a:\n '])('refuses what is nested without end: %j', (piece) => {
    const [one] = mistakes(`on: ${piece.repeat(50_000)}`);
    expect(['workflow-too-large', 'yaml-invalid']).toContain(one?.code);
  });

  it('takes five thousand jobs that need each other in a row', () => {
    const jobs = Array.from(
      { length: 5_000 },
      (_, index) => `  j${index}: {runs-on: x, ${index === 0 ? '' : `needs: j${index - 1}, `}steps: [{run: x}]}`,
    );
    const started = performance.now();
    expect(read(`on: push\njobs:\n${jobs.join('\n')}\n`).jobs).toHaveLength(5_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('properties', () => {
  const sample = readFileSync(new URL('./fixtures.yml', import.meta.url), 'utf8');

  it('throws nothing but mistakes of the user, whatever is done to a file', () => {
    const edit = fc.record({
      at: fc.nat({ max: sample.length }),
      remove: fc.nat({ max: 12 }),
      insert: fc.oneof(
        fc.string({ maxLength: 6 }),
        fc.constantFrom(
          `\${{`,
          '}}',
          "'",
          '"',
          ': ',
          '- ',
          '\n',
          '  ',
          '&a ',
          '*a ',
          '<<: ',
          '!!binary ',
          '? ',
          '| ',
          '>\n',
          '{',
          '}',
          '[',
          ']',
          '#',
          '~',
          '\t',
          '\u0000',
          '%YAML 1.1\n---\n',
          '...\n',
        ),
      ),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const content = edits.reduce(
          (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
          sample,
        );
        const checked = checkWorkflow({ file: 'ci.yml', content });
        if (checked.ok) return;
        expect(checked.mistakes.length).toBeGreaterThan(0);
        for (const mistake of checked.mistakes) {
          expect(mistake).toBeInstanceOf(SluiceError);
          expect(mistake.at?.line).toBeGreaterThan(0);
          expect(mistake.at?.column).toBeGreaterThan(0);
          expect(mistake.hint).toMatch(/./);
        }
      }),
      { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 300) },
    );
  });

  it('takes time in proportion to the file', () => {
    const step = `      - run: echo \${{ github.ref }} it's \${{ format('{0}', github.sha) }}\n`;
    const content = (times: number): string =>
      `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n${step.repeat(times)}`;
    const time = (times: number): number => {
      const started = performance.now();
      expect(read(content(times)).jobs).toHaveLength(1);
      return performance.now() - started;
    };
    time(200);
    // Eight times the file; a square would be sixty-four times the time.
    expect(time(4_000)).toBeLessThan(30 * Math.max(time(500), 5));
  });
});
