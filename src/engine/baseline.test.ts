import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { type Baseline, baselineOf, formatBaseline, parseBaseline, writeBaseline } from './baseline.ts';
import { memoryRef, NOW, scanFiles, scanRefs } from './fixture.ts';

const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
const entry = fc.record(
  {
    fingerprint: hex,
    check: fc.constantFrom('secrets/a' as const, 'code/b' as const),
    path: fc.string({ unit: 'binary' }),
    alsoIn: fc.array(fc.string({ unit: 'binary' })),
    note: fc.string(),
    since: fc.constant('2026-11-24'),
  },
  { requiredKeys: ['fingerprint', 'check', 'path', 'since'] },
);

test('what is written is read', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const { entries: read } = parseBaseline(formatBaseline({ entries }), 'b.json');
      expect(new Set(read.map((one) => JSON.stringify(one)))).toEqual(
        new Set(
          entries.map(({ fingerprint, path, since, check, alsoIn, note }) =>
            JSON.stringify({ fingerprint, path, since, check, alsoIn, note }),
          ),
        ),
      );
    }),
  );
});

test('a baseline has one entry a line, in one order', () => {
  fc.assert(
    fc.property(fc.array(entry), (entries) => {
      const text = formatBaseline({ entries });
      expect(text.split('\n').filter((line) => line.includes('"fingerprint"'))).toHaveLength(entries.length);
      expect(formatBaseline({ entries: entries.toReversed() })).toBe(text);
    }),
  );
});

test('known findings are not new, and entries that nothing matches are counted', async () => {
  const files = { 'a.txt': 'BAD(1)', 'b.txt': 'SECRET(correct-horse-battery-staple)' };
  const before = await scanFiles(files);
  const baseline = baselineOf(before.findings, NOW);
  const after = await scanFiles({ ...files, 'c.txt': 'BAD(2)', 'a.txt': '' }, { baseline });
  expect(after.findings.map(({ location, isNew }) => [location.path, isNew])).toEqual([
    ['b.txt', false],
    ['c.txt', true],
  ]);
  expect(after.baseline).toEqual({ matched: 1, stale: 1 });
  expect(formatBaseline(baseline)).not.toContain('horse');
});

test('a new baseline keeps the dates of the old one and leaves out what is suppressed', async () => {
  const { findings } = await scanFiles({ 'a.txt': 'BAD(1)\nBAD(2) // sluice: allow code/bad -- it is fine\nBAD(3)' });
  const old: Baseline = { entries: baselineOf(findings.slice(0, 1), new Date('2025-01-02T00:00:00Z')).entries };
  expect(baselineOf(findings, NOW, old).entries.map(({ since }) => since)).toEqual(['2025-01-02', '2026-11-24']);
});

test('writing leaves nothing beside the file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-baseline-'));
  const file = join(folder, 'baseline.json');
  writeBaseline(file, { entries: [] });
  writeBaseline(file, { entries: [] });
  expect(readdirSync(folder)).toEqual(['baseline.json']);
  expect(readFileSync(file, 'utf8')).toBe('{\n  "version": 1,\n  "findings": []\n}\n');
});

const line = (fingerprint: string): string =>
  JSON.stringify({ fingerprint, check: 'secrets/a', path: 'odd ",[{ \\ path', since: '2026-11-24' });
const good = line('0'.repeat(32));

test.each([
  ['{', 'This baseline is not valid JSON.', undefined],
  ['{\n<<<<<<< ours\n}', 'This baseline holds a merge conflict.', 2],
  ['[]', 'This baseline: Invalid input: expected object, received array.', undefined],
  ['{"version":2,"findings":[]}', 'This baseline has version 2; this sluice reads version 1.', undefined],
  ['{"findings":[]}', 'version: must be 1.', undefined],
  [
    `{"version":1,"findings":[\n${good},\n${line('xyz')}\n]}`,
    'findings[1].fingerprint: must be 32 hexadecimal digits.',
    3,
  ],
  [
    `{"version":1,\n"findings":[${good},${good},\n\n{"a":1}\n]}`,
    'findings[2].fingerprint: Invalid input: expected string, received undefined.',
    4,
  ],
  [
    `{"version":1,"findings":[${good.replace('2026-11-24', '2026-02-31')}]}`,
    'findings[0].since: must be a day such as 2027-01-31.',
    1,
  ],
  [`{"version":1,"findings":[\n${good.replace('since', 'sincee')}]}`, /^findings\[0\]/, 2],
])('%s is refused with the place', (text, message, at) => {
  try {
    parseBaseline(text, 'b.json');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    if (typeof message === 'string') expect((error as SluiceError).message).toBe(message);
    else expect((error as SluiceError).message).toMatch(message);
    expect((error as SluiceError).at?.line).toBe(at ?? (error as SluiceError).at?.line);
    expect((error as SluiceError).at?.file).toBe('b.json');
  }
});

test('any text is a baseline or a SluiceError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        parseBaseline(text, 'b.json');
      } catch (error) {
        expect(error).toBeInstanceOf(SluiceError);
      }
    }),
  );
});

test('in a scan of a change another cause with a weak fingerprint is new, unless it stands in the file of the entry', async () => {
  const before = await scanFiles({ 'a.txt': 'WEAK(first)', 'b.txt': 'WEAK(first)', 'c.txt': 'BAD(1)' });
  const baseline = parseBaseline(formatBaseline(baselineOf(before.findings, NOW)), 'b.json');
  expect(baseline.entries.map(({ path, alsoIn }) => [path, alsoIn])).toEqual([
    ['a.txt', ['b.txt']],
    ['c.txt', undefined],
  ]);
  const isNew = async (path: string, content: string, former: readonly [string, string][] = [], added?: []) => {
    const change = { formerPaths: new Map(former) };
    const { findings } = await scanRefs([memoryRef(path, content, added)], { baseline, change });
    return findings.map((finding) => finding.isNew);
  };
  expect(await isNew('a.txt', 'WEAK(first)')).toEqual([false]);
  expect(await isNew('b.txt', 'WEAK(first)')).toEqual([false]);
  expect(await isNew('other.txt', 'WEAK(second)')).toEqual([true]);
  expect(await isNew('other.txt', 'WEAK(second)', [['other.txt', 'a.txt']])).toEqual([false]);
  expect(await isNew('other.txt', 'WEAK(second)', [['else.txt', 'a.txt']])).toEqual([true]);
  expect(await isNew('other.txt', 'WEAK(second)', [], [])).toEqual([false]);
  expect(await isNew('other.txt', 'BAD(1)')).toEqual([false]);
});

test('a scan of everything knows a weak fingerprint wherever its file went', async () => {
  const baseline = baselineOf((await scanFiles({ 'a.txt': 'WEAK(first)' })).findings, NOW);
  const { findings } = await scanFiles({ 'moved.txt': 'WEAK(first)' }, { baseline });
  expect(findings.map(({ isNew }) => isNew)).toEqual([false]);
});
