import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { accept, checkConfig } from './read.ts';

const valueIn = (text: string) => accept(checkConfig(text, 'sluice.yaml')).value;

test('an empty file is every default', () => {
  expect(valueIn('')).toEqual(valueIn('version: 1'));
  expect(valueIn('').scan.maxFileSize).toBe(32 * 1024 * 1024);
});

test('sizes are bytes', () => {
  expect(valueIn('scan: { maxFileSize: 1.5MB }').scan.maxFileSize).toBe(1_500_000);
});

describe('each mistake has its place, what was expected and a suggestion', () => {
  test.each([
    ['policy:\n  rulez: []', 2, 3, 'unknown key `rulez` in `policy`', 'Did you mean `rules`?'],
    ['scans: {}', 1, 1, 'unknown key `scans`', 'Did you mean `scan`?'],
    ['scan:\n  maxFileSize: 12', 2, 16, '`scan.maxFileSize`: expected string, received number', undefined],
    ['scan:\n  maxFileSize: 12 parsecs', 2, 16, '`scan.maxFileSize`: a size such as 64MiB or 500KB', undefined],
    [
      'policy:\n  rules:\n    - { name: a }',
      3,
      7,
      '`policy.rules.0.when`: expected string, received undefined',
      undefined,
    ],
    [
      'policy:\n  rules:\n    - { name: a, wen: "true", when: "true" }',
      3,
      18,
      'unknown key `wen` in `policy.rules.0`',
      'Did you mean `when`?',
    ],
    [
      'policy:\n  problems:\n    outcome: Refuse',
      3,
      14,
      '`policy.problems.outcome`: invalid option: expected one of "incomplete"|"refused"|"warning"',
      'Did you mean `refused`?',
    ],
    ['- a list', 1, 1, '`the file`: expected object, received array', undefined],
    ['version: 2', 1, 10, '`version`: expected 1', undefined],
    ['version: 1\nversion: 1', 2, 1, 'Map keys must be unique', undefined],
  ])('%j', (text, line, column, message, hint) => {
    const reading = checkConfig(text, 'sluice.yaml');
    expect(reading.ok ? [] : reading.issues).toEqual([
      { at: { file: 'sluice.yaml', line, column }, message, ...(hint === undefined ? {} : { hint }) },
    ]);
  });

  test('all of them, in order of the file', () => {
    const reading = checkConfig('scan:\n  exclud: []\nsecret: {}\n', 'sluice.yaml');
    expect(reading.ok ? [] : reading.issues.map((issue) => issue.at.line)).toEqual([2, 3]);
  });
});

test('accepting a file with mistakes names the first and counts the others', () => {
  const mistaken = (): unknown => accept(checkConfig('a: 1\nb: 2\nc: 3', 'sluice.yaml'));
  expect(mistaken).toThrow(SluiceError);
  expect(mistaken).toThrow(expect.objectContaining({ hint: expect.stringContaining('2 more') }));
});

test('an expression is found at its first character, quoted or not', () => {
  const text =
    'policy:\n  rules:\n    - name: a\n      when: "finding.isNew"\n    - name: b\n      when: finding.isNew\n';
  const { position } = accept(checkConfig(text, 'sluice.yaml'));
  expect(position(['policy', 'rules', 0, 'when'], 8)).toEqual({ file: 'sluice.yaml', line: 4, column: 22 });
  expect(position(['policy', 'rules', 1, 'when'], 8)).toEqual({ file: 'sluice.yaml', line: 6, column: 21 });
});

test('a bomb of aliases is a mistake, not a full memory', () => {
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]},`.repeat(10)}]\n`)}`;
  expect(checkConfig(bomb, 'sluice.yaml').ok).toBe(false);
});

test('whatever the text, it ends with a value or with placed mistakes', () => {
  const yaml = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.json().map((json) => `policy: ${json}`),
    fc
      .array(fc.constantFrom('scan:', ' ', '\n', '- ', '"', '{', '}', '&a', '*a', 'x', '\t', '|', 'policy:', '#', '? '))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(yaml, (text) => {
      const reading = checkConfig(text, 'sluice.yaml');
      if (!reading.ok)
        expect(reading.issues.every(({ at }) => (at.line ?? 0) >= 1 && (at.column ?? 0) >= 1)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
