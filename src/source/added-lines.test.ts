import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitProgram } from '#adapters/git.ts';
import { addedLines, PATCH_OPTIONS, patchPath } from './added-lines.ts';
import { Scratch } from './fixture.ts';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
  scratch.git('init', '-q');
});
afterEach(() => scratch.remove());

async function* chunked(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const HEADER = 'diff --git a/f b/f\nindex 1..2 100644\n--- a/f\n+++ b/f\n';

describe('addedLines', () => {
  it.each([
    ['one line', '@@ -1 +1 @@\n-a\n+b\n', [{ first: 1, last: 1 }]],
    ['some lines', '@@ -1,0 +2,3 @@ function x() {\n+a\n+b\n+c\n', [{ first: 2, last: 4 }]],
    ['only a removal', '@@ -3,2 +2,0 @@\n-a\n-b\n', []],
    [
      'no end of line',
      '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n',
      [{ first: 1, last: 1 }],
    ],
    [
      'what looks like a header',
      '@@ -0,0 +1,3 @@\n++++ b/g\n+@@ -1 +9 @@\n+diff --git a/g b/g\n@@ -5 +9 @@\n-x\n+y\n',
      [
        { first: 1, last: 3 },
        { first: 9, last: 9 },
      ],
    ],
    ['a removed line that looks like a header', '@@ -1,2 +0,0 @@\n--- a/x\n-+++ b/x\n', []],
  ])('finds %s', async (_name, hunks, expected) => {
    for (const size of [1, 7, 4096]) {
      expect([...(await addedLines(chunked(HEADER + hunks, size)))]).toEqual([['f', expected]]);
    }
  });

  it('ends on anything, with ranges that make sense', async () => {
    const piece = fc.constantFrom(
      '@@ -1 +1 @@\n',
      '@@ -0,0 +1,9 @@\n',
      '+++ b/f\n',
      '+++ "b/\\303\n',
      'diff --git\n',
      '+x\n',
      '-\n',
      '\\\n',
      '\n',
      '@@',
      '+++ ',
      '\0',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(piece, fc.string())),
        fc.integer({ min: 1, max: 50 }),
        async (pieces, size) => {
          for (const ranges of (await addedLines(chunked(pieces.join(''), size))).values()) {
            for (const { first, last } of ranges) expect(last).toBeGreaterThanOrEqual(first);
          }
        },
      ),
    );
  });

  it('finds in what git prints exactly the lines that were put in', async () => {
    const line = fc.constantFrom(
      '',
      'a',
      '+++ b/x',
      '@@ -1 +1 @@',
      '-',
      '\\ No newline',
      'diff --git a/f b/f',
      '\r',
      'é',
    );
    const lines = fc.array(line, { minLength: 1, maxLength: 8 });
    const name = fc.constantFrom('f', 'a b', 'tab\t', 'new\nline', '"', '\\', 'ü', 'b/f', '-x');
    await fc.assert(
      fc.asyncProperty(
        name,
        lines,
        fc.array(fc.tuple(fc.nat(8), fc.boolean())),
        fc.boolean(),
        async (file, drawn, edits, end) => {
          // A last line of its own, for only it to change where the line feed at the end goes away: blank lines that git
          // could take for one another would be one too few then.
          const before = [...drawn, 'last'];
          // Inserted lines are told from all others by what they hold, so that there is one way to see the change.
          const after = before.map((text) => ({ text: String(text), isNew: false }));
          for (const [index, [place]] of edits.entries()) {
            after.splice(Math.min(place, after.length - 1), 0, { text: `new ${index}`, isNew: true });
          }
          scratch.clear();
          scratch.git('init', '-q');
          scratch.write(file, `${before.join('\n')}\n`);
          scratch.git('add', '-A');
          scratch.git('commit', '-q', '-m', 'x');
          scratch.write(file, after.map((each) => each.text).join('\n') + (end ? '\n' : ''));
          const patch = gitProgram.stream(['diff', ...PATCH_OPTIONS, 'HEAD'], { cwd: scratch.folder });
          const ranges = (await addedLines(patch)).get(file) ?? [];
          const added = new Set(
            ranges.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i)),
          );
          for (const [index, { isNew }] of after.entries()) {
            // Without its line feed the last line is a new one for git.
            if (isNew || end || index < after.length - 1)
              expect([index + 1, added.has(index + 1)]).toEqual([index + 1, isNew]);
          }
        },
      ),
      { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 15) },
    );
  }, 600_000);
});

describe('patchPath', () => {
  it.each([
    ['b/plain', 'plain'],
    ['b/with space\t', 'with space'],
    ['"b/tab\\there"', 'tab\there'],
    ['"b/\\303\\274\\377"', 'ü\\xFF'],
    ['"b/\\"\\\\"', '"\\'],
    ['/dev/null', undefined],
  ])('%j is %j', (name, expected) => {
    expect(patchPath(Buffer.from(name))).toBe(expected);
  });
});
