import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommitOrigin } from '#core/artifact.ts';
import { fingerprintOf } from './fingerprint.ts';
import { memoryRef, scanFiles, scanRefs } from './fixture.ts';

const word = fc.stringMatching(/^[a-z]{3,12}$/);
const noise = fc.array(fc.constantFrom('', 'let x = 1;', '# note', '  indented'), { maxLength: 6 });
const fingerprints = async (files: Record<string, string>): Promise<string[]> =>
  (await scanFiles(files)).findings.map(({ fingerprint }) => fingerprint).sort();

test('the fingerprint is the one that baselines hold', () => {
  expect(fingerprintOf('code/bad', 'anchor')).toBe('472b3959053cd2ede57842f76fb37f81');
  expect(fingerprintOf('code/bad', 'anchor', 2)).toBe('ef1b150e4cef56cefc70991b14c58fad');
});

test('no two anchors run into each other', () => {
  expect(fingerprintOf('a/b', 'c', 2)).not.toBe(fingerprintOf('a/b', 'c2'));
  expect(fingerprintOf('a/b1', 'c')).not.toBe(fingerprintOf('a/b', '1c'));
});

test('moved lines, a new name and a new layout leave fingerprints as they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(word, { minLength: 1, maxLength: 5 }),
      noise,
      noise,
      word,
      async (values, above, between, name) => {
        const before = await fingerprints({ 'old.txt': values.map((value) => `BAD(${value})`).join('\n') });
        const moved = values.toReversed().flatMap((value) => [...above, `    BAD(  ${value}\n )`, ...between]);
        expect(await fingerprints({ [`${name}/new.txt`]: moved.join('\r\n') })).toEqual(before);
        expect(before).toHaveLength(values.length);
      },
    ),
    { numRuns: 50 },
  );
});

test('the order in which files are listed changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      async (values, keys) => {
        const refs = values.map((value, index) =>
          memoryRef(`f${index}`, `BAD(${value})\nLONE(${value}) SECRET(${value}${value})`),
        );
        const shuffled = refs
          .map((ref) => [keys.next().value as number, ref] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, ref]) => ref);
        expect(JSON.stringify(await scanRefs(shuffled))).toBe(JSON.stringify(await scanRefs(refs)));
      },
    ),
    { numRuns: 50 },
  );
});

test('one cause is one finding with its places, in order', async () => {
  const { findings } = await scanFiles({ 'b.txt': '\n BAD(x)', 'a.txt': 'BAD(x) BAD(x)', 'c.txt': 'BAD(y)' });
  expect(
    findings.map(({ location, places }) =>
      [location, ...places].map((at) => `${at.path}:${at.startLine}:${at.startColumn}`),
    ),
  ).toEqual([['a.txt:1:5', 'a.txt:1:12', 'b.txt:2:6'], ['c.txt:1:5']]);
  expect(findings[0]?.location.frame).toBeDefined();
  expect(findings[0]?.places.every(({ frame }) => frame === undefined)).toBe(true);
});

test('causes with one stable anchor are numbered in the order of their places', async () => {
  const { findings } = await scanFiles({ a: 'LONE(one)\nLONE(two)\nLONE(one)', b: 'LONE(three)' });
  expect(findings.map(({ fingerprint }) => fingerprint)).toEqual(
    [1, 2, 3].map((n) => fingerprintOf('code/lone', 'alike', n)),
  );
});

test('in history the place that brought it comes first, whatever its path and time zone', async () => {
  const commit = (id: string, date: string): CommitOrigin => ({
    kind: 'commit',
    commit: id,
    author: 'A',
    email: 'a@b',
    date,
  });
  const refs = [
    { ...memoryRef('a', 'BAD(x)'), origin: commit('1', '2026-01-01T23:00:00-05:00') },
    { ...memoryRef('z', 'BAD(x)'), origin: commit('2', '2026-01-02T01:00:00+01:00') },
    { ...memoryRef('m', 'BAD(x)'), origin: commit('3', 'nonsense') },
  ];
  const { findings } = await scanRefs(refs);
  expect([findings[0]?.location, ...(findings[0]?.places ?? [])].map((at) => at?.path)).toEqual(['m', 'z', 'a']);
});

test('in a scan of a change, what touches added lines is new, and shown first', async () => {
  const text = 'BAD(old)\nBAD(x)\n\nBAD(x)\nBAD(new)\n';
  const { findings } = await scanRefs([memoryRef('a', text, [{ first: 4, last: 5 }])]);
  expect(findings.map(({ location, isNew }) => [location.startLine, isNew])).toEqual([
    [1, false],
    [4, true],
    [5, true],
  ]);
});
