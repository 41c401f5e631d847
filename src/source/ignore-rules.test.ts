import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { byteString, Exclusion, IgnoreRules } from './ignore-rules.ts';

const root = mkdtempSync(path.join(tmpdir(), 'sluice-ignore-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
execFileSync('git', ['init', '-q'], { cwd: root });

/** Git's own answer for each path: the verdict of the last matching line, without looking at parent folders. */
function gitSays(rules: string, paths: readonly string[]): boolean[] {
  writeFileSync(path.join(root, '.gitignore'), rules);
  const answer = execFileSync('git', ['check-ignore', '--no-index', '-v', '-n', '-z', '--stdin'], {
    cwd: root,
    input: paths.map((each) => `${each}\0`).join(''),
    encoding: 'utf8',
    // git ends with 1 where nothing is ignored, and has written its answer all the same.
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const fields = answer.split('\0');
  return paths.map((_, index) => {
    const pattern = fields[index * 4 + 2] as string;
    return pattern !== '' && !pattern.startsWith('!');
  });
}

const part = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-', 'é', ']', '*', ' '), minLength: 1, maxLength: 4 });
const somePath = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join('/'))
  .filter((each) => !each.split('/').some((name) => /^\.+$/.test(name)));
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    '.',
    '-',
    'é',
    '/',
    '/',
    '*',
    '**',
    '**/',
    '/**',
    '/**/',
    '?',
    '[ab]',
    '[!a]',
    '[^b-]',
    '[a-b]',
    '[]a]',
  ],
  ...['\\', '\\*', ' ', '[[:alpha:]]', '[[:punct:]]', '[', '[a', '!', '#', '\\ ', '[\\]]', '[a-', '[z-a]', '***'],
);
const rule = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''));

describe('IgnoreRules', () => {
  it('decides as git does', () => {
    fc.assert(
      fc.property(
        fc.array(rule, { minLength: 1, maxLength: 4 }),
        fc.array(somePath, { minLength: 1, maxLength: 30 }),
        (lines, paths) => {
          const exclusion = new Exclusion(lines);
          expect(paths.map((each) => [each, exclusion.excludes(each)])).toEqual(
            gitSays(`${lines.join('\n')}\n/.gitignore-sentinel\n`, [...paths, '.gitignore-sentinel'])
              .slice(0, -1)
              .map((answer, index) => [paths[index], answer]),
          );
        },
      ),
      { numRuns: Number(process.env['SLUICE_FUZZ_RUNS'] ?? 300) },
    );
  }, 600_000);

  it.each([
    ['*.log', 'a/b.log', true],
    ['/a.log', 'x/a.log', undefined],
    ['build/', 'build', undefined],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['**/b', 'b', true],
    ['a/**', 'a', undefined],
    ['**\\/b', 'a/x/b', true],
    ['**\\/b', 'b', undefined],
    ['a/**\\/b', 'a/x/y/b', true],
    ['a/**\\/b', 'a/b', undefined],
    ['a**\\/b', 'ax/y/b', true],
    ['x\\ ', 'x ', true],
    ['x ', 'x', true],
    ['\\#x', '#x', true],
    ['#x', '#x', undefined],
    ['a/*', 'a/b/c', undefined],
    ['*.txt\n!b.txt', 'b.txt', false],
    ['\u00EF\u00BB\u00BFa', 'a', true],
    ['a\r', 'a', true],
  ])('%j on %j says %s', (rules, subject, expected) => {
    expect(new IgnoreRules(rules).says(byteString(subject), false)).toBe(expected);
  });

  it('is linear on patterns made to be slow', () => {
    const rules = new IgnoreRules(`${'a*'.repeat(60)}b\n${'**/'.repeat(60)}b\n${'[a-z]*'.repeat(50)}0`);
    const started = process.cpuUsage().user;
    expect(rules.says('a'.repeat(250), false)).toBeUndefined();
    expect(rules.says(`${'a/'.repeat(120)}a`, false)).toBeUndefined();
    expect((process.cpuUsage().user - started) / 1000).toBeLessThan(500);
  });

  it('takes nothing in again below a folder that is out', () => {
    const exclusion = new Exclusion(['vendor/', '!vendor/keep.txt']);
    expect(exclusion.excludes('vendor/keep.txt')).toBe(true);
    expect(exclusion.excludes('vendor')).toBe(false);
    expect(exclusion.excludesFolder('vendor')).toBe(true);
  });
});
