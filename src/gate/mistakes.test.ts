import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '#core/policy.ts';
import { openGate, PolicyError } from './gate.ts';

function mistake(when: string): readonly [message: string, at: string, hint: string | undefined] {
  try {
    openGate({ ...DEFAULT_POLICY, rules: [{ name: 'r', when }] }, ['secrets', 'code']);
  } catch (error) {
    if (error instanceof PolicyError) return [error.message, when.slice(error.offset), error.hint];
    throw error;
  }
  return ['none', '', undefined];
}

describe('a mistake in an expression has its place and what may have been meant', () => {
  test.each([
    ['finding.severty >= HIGH', 'severty >= HIGH', 'severity'],
    ['findng.isNew', 'findng.isNew', 'finding'],
    ['finding.severity >= HIHG', 'HIHG', 'HIGH'],
    ['finding.severity == high', 'high', 'HIGH'],
    ['finding.path.startWith("a")', 'startWith("a")', 'startsWith'],
    ['finding.isNew && siz(finding.path) > 1', 'siz(finding.path) > 1', 'size'],
    ['now.getFullYer() > 1', 'getFullYer() > 1', 'getFullYear'],
    ['finding.tags.exist(t, t == "a")', 't, t == "a")', 'exists'],
    ['findings.filtr(f, f.isNew).size() > 0', 'f, f.isNew).size() > 0', 'filter'],
    ['findings.exists(f, f.severty > 1)', 'severty > 1)', 'severity'],
    ['problems.all(p, p.cod == "x")', 'cod == "x")', 'code'],
    ['finding["severty"] > 1', 'severty"] > 1', 'severity'],
    ['context.target == "foldr"', '"foldr"', 'folder'],
    ['finding.family == "secretz"', '"secretz"', 'secrets'],
    ['"secretz" != finding.family', '"secretz" != finding.family', 'secrets'],
    ['finding.family in ["secrets", "cod"]', '"cod"]', 'code'],
    ['finding.verification == "activ"', '"activ"', 'active'],
  ])('%s', (when, at, meant) => {
    expect(mistake(when).slice(1)).toEqual([at, `Did you mean \`${meant}\`?`]);
  });

  test.each([
    ['finding.path = "a"', 'Compare with `==`.'],
    ['finding.isNew and true', 'Write `&&` for "and".'],
    ['finding.isNew or true', 'Write `||` for "or".'],
    ['not finding.isNew', 'Write `!` for "not".'],
    ['finding.path.startsWith(1)', 'Look at the types of what it is given.'],
    ['finding.family == "nonsense"', 'There are: secrets, code.'],
  ])('%s: %s', (when, hint) => expect(mistake(when)[2]).toBe(hint));

  test('what nothing is like has no suggestion', () => {
    expect(mistake('finding.zzz == 1')).toEqual(['policy rules.0.when: No such key: zzz', 'zzz == 1', undefined]);
    expect(mistake('finding.tags.exists(t, x == "a")')[2]).toBeUndefined();
  });

  test.each([
    'finding.family == "code"',
    'finding.path == "nonsense"',
    'context.target in ["staged", "since"]',
    'findings[0].isNew',
  ])('%s is none', (when) => expect(mistake(when)[0]).toBe('none'));
});
