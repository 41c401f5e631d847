import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CommitOrigin } from '#core/artifact.ts';
import { memoryRef, type Options, scanFiles, scanRefs } from './fixture.ts';
import { parseIgnoreFile } from './ignore-file.ts';

async function suppressions(text: string, options: Options = {}) {
  const { findings, problems } = await scanFiles({ 'a.txt': text }, options);
  return { by: findings.map(({ suppression }) => suppression), problems };
}

test('a comment on the line suppresses, and the finding stays', async () => {
  const { by } = await suppressions('BAD(1) // sluice: allow code/bad -- for the tests until 2027-01-31\nBAD(2)');
  expect(by).toEqual([
    {
      kind: 'inline',
      by: 'sluice: allow',
      reason: 'for the tests',
      until: '2027-01-31',
      path: 'a.txt',
      line: 1,
    },
    undefined,
  ]);
});

test('a comment alone on the line before suppresses; one behind code there does not', async () => {
  const { by } = await suppressions('# sluice: allow code/bad\n# nosemgrep\nBAD(1) # sluice: allow code/bad\nBAD(2)');
  expect(by.map((one) => one?.line)).toEqual([3, undefined]);
  const alone = await suppressions('# sluice: allow code/bad\n# nosemgrep: other\nBAD(1)');
  expect(alone.by[0]?.line).toBe(1);
});

test('gitleaks:allow is about its own line only', async () => {
  const { by } = await suppressions(
    '# gitleaks:allow\nSECRET(one)\nSECRET(two) # gitleaks:allow\nBAD(1) # gitleaks:allow',
  );
  expect(by.map((one) => one?.by)).toEqual([undefined, 'gitleaks:allow', undefined]);
});

test('checkov:skip may be the first line of the block', async () => {
  const { by } = await suppressions('BAD(block) {\n  #checkov:skip=CKV_BAD_1:it is meant\n}');
  expect(by).toMatchObject([{ by: 'checkov:skip', reason: 'it is meant', line: 2 }]);
});

test('on the day of its date a suppression still counts, on the next it is a problem', async () => {
  const text = 'BAD(1) // sluice: allow code/bad -- for now until 2026-11-24';
  expect((await suppressions(text)).problems).toEqual([]);
  const late = await suppressions(text, { now: new Date('2026-11-25T00:00:00Z') });
  expect(late.by).toEqual([undefined]);
  expect(late.problems).toMatchObject([{ code: 'suppression-expired', path: 'a.txt', line: 1 }]);
});

test('where a reason is required, none is a problem', async () => {
  const options = { suppression: { requireReason: true } };
  const { by, problems } = await suppressions(
    'BAD(1) # sluice: allow code/bad\nBAD(2) # nosec -- fine\nSECRET(x) # gitleaks:allow',
    options,
  );
  expect(by.map((one) => one?.reason)).toEqual([undefined, 'fine', undefined]);
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['suppression-without-reason', 1],
    ['suppression-without-reason', 3],
  ]);
});

test('a directive that cannot be read is a problem with its place', async () => {
  const { by, problems } = await suppressions('\nBAD(1) # sluice: allow bad');
  expect(by).toEqual([undefined]);
  expect(problems).toMatchObject([{ code: 'suppression-malformed', path: 'a.txt', line: 2 }]);
});

test('a finding is suppressed only where all of its places are', async () => {
  const both = await scanFiles({ a: 'BAD(x) # sluice: allow code/bad', b: 'BAD(x) # sluice: allow code/bad' });
  expect(both.findings).toMatchObject([{ location: { path: 'a' }, suppression: { line: 1 } }]);
  const one = await scanFiles({ a: 'BAD(x) # sluice: allow code/bad', b: 'BAD(x)' });
  expect(one.findings[0]?.suppression).toBeUndefined();
  expect(one.findings[0]?.location.path).toBe('b');
  expect(one.findings[0]?.places.map(({ path }) => path)).toEqual(['a']);
});

test('a reason that quotes the secret does not show it', async () => {
  const { by } = await suppressions(
    'SECRET(correct-horse) # sluice: allow secrets/secret -- correct-horse is a sample',
  );
  expect(by[0]?.reason).toBe('******** is a sample');
});

const ignore = (text: string) => ({ suppression: { ignoreFiles: [parseIgnoreFile(text, '.gitleaksignore').file] } });

test('.gitleaksignore: rules that we know must be the same, others stand for any secret on the line', async () => {
  const text = 'SECRET(one)\nSECRET(two)\nSECRET(three)\nBAD(4)';
  const lines = [
    '# not ours to fix',
    'a.txt:secret:1',
    './a.txt:their-own-rule:2',
    'a.txt:their-own-rule:4',
    'b.txt:secret:3',
  ];
  const { by } = await suppressions(text, ignore(lines.join('\n')));
  expect(by).toEqual([
    { kind: 'ignore-file', by: '.gitleaksignore', reason: 'not ours to fix', path: '.gitleaksignore', line: 2 },
    { kind: 'ignore-file', by: '.gitleaksignore', reason: 'not ours to fix', path: '.gitleaksignore', line: 3 },
    undefined,
    undefined,
  ]);
});

test('.gitleaksignore: an entry with a commit is for that commit alone, one without for all', async () => {
  const origin = (commit: string): CommitOrigin => ({
    kind: 'commit',
    commit,
    author: 'A',
    email: 'a@b',
    date: '2026-01-01',
  });
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  const refs = [
    { ...memoryRef('a', 'SECRET(x)'), origin: origin(one as string) },
    { ...memoryRef('a', 'SECRET(y)'), origin: origin(two as string) },
  ];
  const commits = async (text: string): Promise<unknown[]> => {
    const { findings } = await scanRefs(refs, ignore(text));
    const suppressed = findings.filter(({ suppression }) => suppression !== undefined);
    return suppressed
      .map(({ location }) => location.origin)
      .map((at) => (at.kind === 'commit' ? at.commit : at))
      .sort();
  };
  expect(await commits(`${one}:a:secret:1`)).toEqual([one]);
  expect(await commits('a:secret:1')).toEqual([one, two]);
});

test('.gitleaksignore: what is no fingerprint is a problem', () => {
  const { file, problems } = parseIgnoreFile('a:b:c\n\n# comment\nC:\\dir\\file.txt:rule:7\r\nnonsense\n', 'ignore');
  expect(file.entries).toEqual([{ file: 'C:/dir/file.txt', rule: 'rule', line: 7, reason: 'comment', at: 4 }]);
  expect(problems.map(({ line, code }) => [line, code])).toEqual([
    [1, 'suppression-malformed'],
    [5, 'suppression-malformed'],
  ]);
});

test('.gitleaksignore: every fingerprint is read back, whatever the path', () => {
  const path = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `d/${text.replaceAll(/[\r\n\\]/g, '')}x`);
  fc.assert(
    fc.property(path, fc.stringMatching(/^[a-z-]{1,20}$/), fc.nat(), fc.boolean(), (file, rule, line, withCommit) => {
      const commit = withCommit ? { commit: 'a1'.repeat(20) } : {};
      const text = `${withCommit ? `${'a1'.repeat(20)}:` : ''}${file}:${rule}:${line}`;
      expect(parseIgnoreFile(text, 'ignore').file.entries).toEqual([{ ...commit, file, rule, line, at: 1 }]);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void parseIgnoreFile(text, 'ignore')));
});
