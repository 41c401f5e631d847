import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CheckId, CheckSummary } from '#core/check.ts';
import { directivesOn, isCommentOnly } from './directive.ts';

const check = (id: CheckId, ...tags: string[]): CheckSummary => ({
  id,
  title: '',
  severity: 'low',
  confidence: 'low',
  cwe: [],
  tags,
  remedy: '',
  lifecycle: 'stable',
});
const CHECKS = [
  check('secrets/private-key'),
  check('secrets/generic-api-key', 'B105'),
  check('code/sql-injection', 'G201', 'B608'),
  check('code/open-redirect'),
  check('config/public-bucket', 'CKV_AWS_20'),
];
const covered = (line: string): string[] =>
  directivesOn(line).flatMap((directive) => CHECKS.filter((one) => directive.covers(one)).map(({ id }) => id));

const SECRETS = ['secrets/private-key', 'secrets/generic-api-key'];
const CODE = ['code/sql-injection', 'code/open-redirect'];

test.each([
  ['x // sluice: allow secrets/private-key', ['secrets/private-key']],
  ['x # sluice:allow secrets/private-key, code/open-redirect -- why', ['secrets/private-key', 'code/open-redirect']],
  ['<!-- sluice: allow secrets/* -->', SECRETS],
  ['/* sluice: allow code/* until 2027-01-31 */', CODE],
  ["x = 'sluice: allow secrets/*'", []],
  ['// sluice: allowed secrets/*', []],
  ['key = "abc" # gitleaks:allow', SECRETS],
  ['key = "abc" // trufflehog:ignore', SECRETS],
  ['q(x) // nosemgrep', CODE],
  ['q(x) # nosem', CODE],
  ['q(x) # nosemgrep: python.lang.sql-injection, other', ['code/sql-injection']],
  ['q(x) # nosemgrep: generic.secrets.generic-api-key', ['secrets/generic-api-key']],
  ['q(x) # nosec', CODE],
  ['q(x) /* #nosec G201 */', ['code/sql-injection']],
  ['q(x) // #nosec G101 G201 -- fine', [...SECRETS, 'code/sql-injection']],
  ['password = "a"  # nosec: B105', SECRETS],
  ['x # nosecurity', []],
  ['#checkov:skip=CKV_AWS_20:public on purpose', ['config/public-bucket']],
  ['# checkov:skip=CKV_SECRET_6,CKV_AWS_20:example', [...SECRETS, 'config/public-bucket']],
  ['# checkov:skip=', []],
  ['nothing at all', []],
])('%s', (line, expected) => {
  expect(covered(line).sort()).toEqual(expected.toSorted());
});

test.each([
  ['// sluice: allow a/b -- the key of the tests until 2027-01-31', 'the key of the tests', '2027-01-31'],
  ['/* sluice: allow a/b -- a reason */', 'a reason', undefined],
  ['<!-- sluice: allow a/b until 2027-01-31 -->', undefined, '2027-01-31'],
  ['# sluice: allow a/b -- fine until the move is done', 'fine until the move is done', undefined],
  ['# sluice: allow a/b', undefined, undefined],
  ['# sluice: allow a/b --', undefined, undefined],
  ['# gitleaks:allow -- an example until 2027-01-31', 'an example', '2027-01-31'],
  ['# checkov:skip=CKV_1:it is public', 'it is public', undefined],
  ['// #nosec G101 -- no credential', 'no credential', undefined],
])('%s: reason and date', (line, reason, until) => {
  expect(directivesOn(line)).toMatchObject([{ reason, until }]);
  expect(directivesOn(line)[0]?.malformed).toBeUndefined();
});

test.each([
  '# sluice: allow',
  '# sluice: allow -- because',
  '# sluice: allow Secrets/Key',
  '# sluice: allow private-key',
  '# sluice: allow */*',
  '# sluice: allow a/b -- because until 2027-02-30',
  '# sluice: allow a/b -- because until 31.01.2027',
])('%s cannot be obeyed', (line) => {
  expect(directivesOn(line)[0]?.malformed).toBeDefined();
});

test.each([
  ['  // a comment', true],
  ['# sluice: allow a/b', true],
  [' * in a block', true],
  ['{/* in JSX */}', true],
  ['<!-- markup -->', true],
  ['-- SQL', true],
  ['x = 1 // after code', false],
  ['#define KEY "x" // sluice: allow a/b', false],
  ['*pointer = 1; // sluice: allow a/b', false],
  ['', false],
])('%s is a comment and nothing else: %s', (line, expected) => {
  expect(isCommentOnly(line)).toBe(expected);
});

test('any line is read, in time linear in its length', () => {
  const words = fc.constantFrom(
    'sluice:',
    ' allow ',
    'a/b',
    ', ',
    ' -- ',
    ' until ',
    '2027-01-31',
    '#nosec',
    'G101 ',
    'nosemgrep:',
    ' ',
    '*/',
    '#',
    'checkov:skip=',
    'A,',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary' }))), (parts) => {
      for (const directive of directivesOn(parts.join(''))) for (const one of CHECKS) directive.covers(one);
    }),
  );
  const started = performance.now();
  for (const word of [
    '# sluice: allow ',
    '#nosec G101 ',
    'a/b, ',
    ' until 2',
    '   ',
    ' -- ',
    '#nosec B1 ',
    'nosemgrep: a,',
  ]) {
    directivesOn(`# sluice: allow ${word.repeat(100_000)}`);
    isCommentOnly(word.repeat(100_000));
  }
  expect(performance.now() - started).toBeLessThan(2_000);
});
