import { expect, test } from 'vitest';
import { scanFiles } from './fixture.ts';

const limits = { budgetMs: 300, memoryMb: 64 };
const around = { 'a.txt': 'BAD(before)', 'z.txt': 'BAD(after)' };

test.each([0, 1, 2])('a check that throws costs only what it would have said (%i workers)', async (count) => {
  const { findings, problems } = await scanFiles({ ...around, 'm.txt': 'BAD(here) THROW' }, { count });
  expect(findings.map(({ location }) => location.path)).toEqual(['a.txt', 'm.txt', 'z.txt']);
  expect(problems).toMatchObject([{ code: 'check-failed', path: 'm.txt', check: 'trap' }]);
  expect(problems[0]?.message).toMatch(
    /^The checks of trap failed here \(RangeError at stand-in-worker\.ts:\d+:\d+\)\.$/,
  );
});

test.each([
  [0, 'HANG', 'trap'],
  [1, 'HANG', 'trap'],
  [2, 'HANG', 'trap'],
  [0, 'BACKTRACK', 'trap/trap'],
  [1, 'BACKTRACK', 'trap/trap'],
])('with %i workers a check that does %s is ended and named', async (count, word, check) => {
  const { findings, problems } = await scanFiles({ ...around, 'm.txt': `BAD(here) ${word}` }, { count, limits });
  expect(findings.map(({ location }) => location.path)).toEqual(['a.txt', 'm.txt', 'z.txt']);
  expect(problems).toMatchObject([{ code: 'budget-spent', path: 'm.txt', check }]);
  expect(problems[0]?.message).toBe(`Looking for ${check} here took more than 0.3 s, so it was left out.`);
});

test('a check that exhausts its memory ends its worker, not the scan', async () => {
  const { findings, problems } = await scanFiles(
    { ...around, 'm.txt': 'BAD(here) BOMB' },
    { count: 1, limits: { memoryMb: 64 } },
  );
  expect(findings.map(({ location }) => location.path)).toEqual(['a.txt', 'm.txt', 'z.txt']);
  expect(problems).toMatchObject([{ code: 'memory-spent', path: 'm.txt', check: 'trap' }]);
});

test('a check that ends its worker is found out', async () => {
  const { findings, problems } = await scanFiles({ ...around, 'm.txt': 'BAD(here) EXIT' }, { count: 1 });
  expect(findings).toHaveLength(3);
  expect(problems).toMatchObject([{ code: 'worker-died', path: 'm.txt', check: 'trap' }]);
});

test('traps in several members of an archive are each named, and the other members are looked at', async () => {
  const box = ['one: BAD(1)', 'two: HANG BAD(2)', 'three: BAD(3)', 'four: HANG', 'five: BAD(5)'].join('\n');
  for (const count of [0, 1]) {
    const { findings, problems } = await scanFiles({ 'x.box': box }, { count, limits });
    expect(findings.map(({ location }) => location.path)).toEqual(
      ['five', 'one', 'three', 'two'].map((name) => `x.box!${name}`),
    );
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['budget-spent', 'x.box!four'],
      ['budget-spent', 'x.box!two'],
    ]);
  }
});

test.each([0, 1])(
  'a reader that hangs is ended where it hangs, and what it read before counts (%i workers)',
  async (count) => {
    const { findings, problems } = await scanFiles(
      { 'x.box': 'one: BAD(1)\nSTUCK: \ntwo: BAD(2)', ...around },
      { count, limits },
    );
    expect(findings.map(({ location }) => location.path)).toEqual(['a.txt', 'x.box!one', 'z.txt']);
    expect(problems).toMatchObject([{ code: 'budget-spent', path: 'x.box' }]);
  },
);

test.each([0, 1])('a read that never ends is given up (%i workers)', async (count) => {
  const { findings, problems } = await scanFiles({ 'x.never': '', ...around }, { count, limits });
  expect(findings).toHaveLength(2);
  expect(problems).toMatchObject([
    { code: 'budget-spent', path: 'x.never', message: 'Reading this took more than 0.3 s, so it was left out.' },
  ]);
});

test('a check that hangs behind a read that waits is ended in this thread, too', async () => {
  const { findings, problems } = await scanFiles({ 'x.late': 'BAD(1) HANG', ...around }, { limits });
  expect(findings).toHaveLength(3);
  expect(problems).toMatchObject([{ code: 'budget-spent', path: 'x.late', check: 'trap' }]);
});

test('in this thread, a read that waits does not mix with the jobs after it', async () => {
  const clean = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, `BAD(${index})`]));
  const { findings, problems } = await scanFiles({ 'x.never': '', 'y.late': 'HANG', ...clean }, { limits });
  expect(findings).toHaveLength(500);
  expect(problems.map(({ code, path }) => [code, path])).toEqual([
    ['budget-spent', 'x.never'],
    ['budget-spent', 'y.late'],
  ]);
});

test('what a reader throws is a problem that quotes nothing', async () => {
  const { findings, problems } = await scanFiles({ 'x.missing': '', ...around });
  expect(findings).toHaveLength(2);
  expect(problems).toEqual([
    { code: 'file-unreadable', message: 'This could not be read (ENOENT).', path: 'x.missing' },
  ]);
});

test('every trap is a problem of its own', async () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`f${index}`, `BAD(${index}) EXIT`]));
  const { findings, problems } = await scanFiles(files, { count: 2 });
  expect(findings).toHaveLength(6);
  expect(problems).toHaveLength(6);
});

test('more hits than are kept are a problem', async () => {
  const text = Array.from({ length: 5_000 }, (_, index) => `BAD(${index})\n`).join('');
  const { findings, problems } = await scanFiles({ a: text, b: 'SECRET(x)' }, { limits: { hitsPerCheck: 100 } });
  expect(findings).toHaveLength(101);
  expect(problems).toMatchObject([{ code: 'too-many-hits', path: 'a', check: 'code/bad' }]);
});

test('more places than a report can hold are a problem, and the first are kept', async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`f${index + 100}`, `BAD(${index})`]));
  const results = await Promise.all([0, 2].map((count) => scanFiles(files, { count, limits: { places: 120 } })));
  expect(results[0]?.findings).toHaveLength(120);
  expect(results[0]?.problems).toMatchObject([{ code: 'too-many-findings' }]);
  expect(JSON.stringify(results[1])).toBe(JSON.stringify(results[0]));
});

test('more problems than anybody reads are counted', async () => {
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}.missing`, '']));
  const { problems } = await scanFiles(files, { limits: { problemsPerCode: 10 } });
  expect(problems).toHaveLength(11);
  expect(problems[0]?.message).toBe('20 more problems of this kind are not listed.');
});

test('an archive of ever more hits and problems has bounded results', async () => {
  const members = Array.from({ length: 2_500 }, (_, index) => `m${index}: ${`BAD(${index}) `.repeat(9)} THROW`);
  const { findings, problems } = await scanFiles(
    { 'x.box': members.join('\n') },
    { limits: { problemsPerCode: 5_000 } },
  );
  expect(findings.reduce((sum, { places }) => sum + 1 + places.length, 0)).toBe(20_000);
  expect(problems).toHaveLength(1_002);
  expect(problems.filter(({ path }) => path === 'x.box').map(({ message }) => message)).toEqual([
    'More was found in here than is kept: 2500 hits are left out.',
    'More went wrong in here than is listed: 1500 problems are left out.',
  ]);
});
