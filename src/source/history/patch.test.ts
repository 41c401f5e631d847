import { describe, expect, it } from 'vitest';
import { type AddedLines, PatchReader, unquote } from './patch.ts';

const COMMIT = 'c'.repeat(40);
const PATCH = [
  COMMIT,
  '',
  'diff --git a/a.txt b/a.txt',
  'index 1..2 100644',
  '--- a/a.txt',
  '+++ b/a.txt',
  '@@ -1 +1,2 @@ heading',
  '-old',
  '\\ No newline at end of file',
  '+++ b/other.txt',
  '+@@ -1 +1 @@',
  '\\ No newline at end of file',
  'diff --git "a/tab\\there" "b/tab\\there"',
  '--- "a/tab\\there"',
  '+++ "b/tab\\there"',
  '@@ -4,0 +5 @@',
  '+five',
  '@@ -9 +9,0 @@',
  '-nine',
  '',
].join('\n');

describe('PatchReader', () => {
  it.each([1, 7, 10_000])('reads hunks by their counts, in chunks of %i bytes', (size) => {
    const found: AddedLines[] = [];
    const reader = new PatchReader(
      () => true,
      (added) => found.push(added),
    );
    for (let at = 0; at < PATCH.length; at += size) reader.push(Buffer.from(PATCH.slice(at, at + size)));
    reader.end();
    expect(found.map((each) => ({ ...each, text: each.text.toString() }))).toEqual([
      { commit: COMMIT, path: 'a.txt', line: 1, text: '++ b/other.txt\n@@ -1 +1 @@' },
      { commit: COMMIT, path: 'tab\there', line: 5, text: 'five\n' },
    ]);
  });

  it('gives only what is wanted', () => {
    const found: AddedLines[] = [];
    const reader = new PatchReader(
      (_, path) => path === 'none',
      (added) => found.push(added),
    );
    reader.push(Buffer.from(PATCH));
    reader.end();
    expect(found).toEqual([]);
  });
});

it('reads names as git quotes them', () => {
  expect(unquote('plain "name"')).toBe('plain "name"');
  expect(unquote('"a\\nb\\"c\\\\d\\303\\244"')).toBe('a\nb"c\\d\xc3\xa4');
});
