import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { Text } from '#core/text.ts';
import type { RuleSet } from '../rule.ts';
import { SecretScanner } from '../scan.ts';
import { loadRules } from './load.ts';

const NONE: RuleSet = { rules: [], allowlists: [] };
const load = (
  text: string,
  base: RuleSet = NONE,
  extensions: Record<string, string> = {},
): ReturnType<typeof loadRules> => loadRules({ file: 'my.toml', text }, base, new Map(Object.entries(extensions)));

/** The values found, as `rule:value`. */
function found(set: RuleSet, text: string, path = 'a.txt', commit?: string): string[] {
  return new SecretScanner([set])
    .all(Text.from(text), { path, commit })
    .map(({ rule, value }) => `${rule.id}:${value}`);
}

const RULE = '[[rules]]\nid = "r"\nregex = \'tok_([a-z]+)\'\nkeywords = ["tok_"]\n';

function mistake(text: string): SluiceError {
  try {
    load(text);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('a mistake is told with its place', () => {
  test.each<[what: string, toml: string, line: number, column: number, message: RegExp]>([
    ['no TOML', 'title = "a\n', 1, 11, /not valid TOML/],
    ['a wrong type', `${RULE}entropy = "high"\n`, 5, 1, /"entropy" is a string; expected a number/],
    ['a wrong element', '[[rules]]\nid = "r"\nregex = "a"\nkeywords = "a"\n', 4, 1, /expected a list of strings/],
    ['no id', '[[rules]]\nregex = "a"\n', 1, 1, /without an id/],
    ['two of one id', RULE + RULE, 6, 1, /two rules with the id/],
    ['a bad pattern', "[[rules]]\nid = 'r'\nregex = '(?=a)'\n", 3, 10, /look-around.*character 1/],
    ['a bad end of a pattern', "[[rules]]\nid = 'r'\nregex = '''ab(?=c)'''\n", 3, 14, /look-around.*character 3/],
    ['one on a line of its own', "[[rules]]\nid = 'r'\nregex = '''\na\nb)'''\n", 5, 2, /unexpected/],
    ['one behind escapes', '[[rules]]\nid = "r"\nregex = "\\\\d\\u0061\\t(?=c)"\n', 3, 21, /look-around.*character 5/],
    ['a bad path', `${RULE}path = 'a['\n`, 5, 10, /pattern/],
    ['a slow pattern', "[[rules]]\nid = 'r'\nregex = '(a+)+'\n", 3, 1, /exponential/],
    ['a bad pattern in a list', `${RULE}[[rules.allowlists]]\nregexes = [\n  'a',\n  '(',\n]\n`, 8, 4, /never closed/],
    ['an empty allowlist', `${RULE}[[rules.allowlists]]\ndescription = "x"\n`, 5, 1, /allows nothing/],
    [
      'both spellings',
      `${RULE}[rules.allowlist]\npaths = ["a"]\n[[rules.allowlists]]\npaths = ["b"]\n`,
      5,
      1,
      /cannot be used together/,
    ],
    ['an unknown condition', `${RULE}[[rules.allowlists]]\npaths = ["a"]\ncondition = "XOR"\n`, 7, 1, /"AND" or "OR"/],
    [
      'an unknown target',
      `${RULE}[[rules.allowlists]]\npaths = ["a"]\nregexTarget = "file"\n`,
      7,
      1,
      /"secret", "match" or "line"/,
    ],
    ['a group that is not there', `${RULE}secretGroup = 2\n`, 5, 1, /group 2 of a regex with 1 groups/],
    ['nothing to match', '[[rules]]\nid = "r"\n', 1, 1, /neither a regex nor a path/],
    [
      'a required rule that is not there',
      `${RULE}[[rules.required]]\nid = "s"\n`,
      5,
      1,
      /requires a rule that does not exist/,
    ],
    ['two ways to extend', `[extend]\nuseDefault = true\npath = "b.toml"\n`, 3, 1, /cannot be used together/],
    ['a file that is not there', `[extend]\npath = "b.toml"\n`, 2, 1, /is not there/],
  ])('%s', (_, toml, line, column, message) => {
    const error = mistake(toml);
    expect(error.message).toMatch(message);
    expect(error.at).toEqual({ file: 'my.toml', line, column });
  });

  test('an unknown key is a problem that names rule, key and what was meant', () => {
    const { problems } = load(`${RULE}keyword = ["a"]\n`);
    expect(problems).toEqual([
      {
        code: 'rule-unsupported',
        message: 'rule r: "keyword" is not a key that is understood, so it has no effect',
        hint: 'Did you mean "keywords"?',
        path: 'my.toml',
        line: 5,
      },
    ]);
  });

  test('rules are never fetched', () => {
    expect(load('[extend]\nurl = "https://example.com/rules.toml"\n').problems[0]?.code).toBe('rule-unsupported');
  });

  test('any text is a configuration or a SluiceError', () => {
    const piece = fc.constantFrom(
      '[[rules]]\n',
      'id = "a"\n',
      'regex = "(a"\n',
      "regex = 'b'\n",
      '[extend]\n',
      '[[rules.allowlists]]\n',
      'paths = ["a"]\n',
      'x',
      '"',
      '\n',
      '[',
      'condition = 1\n',
      'tags = { a = 1 }\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join('')),
        ),
        (toml) => {
          try {
            load(toml);
          } catch (error) {
            expect(error).toBeInstanceOf(SluiceError);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

describe('what a configuration extends', () => {
  const base = load(`${RULE}tags = ["t"]\n[[rules]]\nid = "s"\nregex = 'key_[0-9]+'\n`).set;

  test('the shipped rules, changed key by key', () => {
    const { set, usesShipped } = load(
      '[extend]\nuseDefault = true\ndisabledRules = ["s"]\n[[rules]]\nid = "r"\nentropy = 1.5\ntags = ["u"]\n',
      base,
    );
    expect(usesShipped).toBe(true);
    expect(set.rules.map(({ id, entropy, tags }) => ({ id, entropy, tags }))).toEqual([
      { id: 'r', entropy: 1.5, tags: ['t', 'u'] },
    ]);
    expect(found(set, 'tok_aaaa tok_abcd')).toEqual(['r:abcd']);
  });

  test('a file, and no deeper than two', () => {
    const extensions = {
      'b.toml': `[extend]\npath = "c.toml"\n[[rules]]\nid = "b"\nregex = "bb"\n`,
      'c.toml': `[extend]\npath = "d.toml"\n[[rules]]\nid = "c"\nregex = "cc"\n`,
      'd.toml': '[[rules]]\nid = "d"\nregex = "dd"\n',
    };
    const { set, problems } = load('[extend]\npath = "b.toml"\n', NONE, extensions);
    expect(set.rules.map(({ id }) => id)).toEqual(['c', 'b']);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['rule-unsupported c.toml']);
  });

  test('what names a rule that is not there has no effect, and says so', () => {
    const { problems } = load(
      '[extend]\nuseDefault = true\ndisabledRules = ["q"]\n[[allowlists]]\ntargetRules = ["rr"]\npaths = ["a"]\n',
      base,
    );
    expect(problems.map(({ code, line }) => `${code} ${line}`)).toEqual(['rule-unknown 3', 'rule-unknown 5']);
  });
});

describe('allowlists', () => {
  const all = ['r:abc', 'r:xyz'];
  const text = 'tok_abc # first\ntok_xyz';
  test.each<[what: string, toml: string, path: string, commit: string | undefined, expected: string[]]>([
    ['a path', '[[rules.allowlists]]\npaths = ["^docs/"]\n', 'docs/a', undefined, []],
    ['another path', '[[rules.allowlists]]\npaths = ["^docs/"]\n', 'src/a', undefined, all],
    ['the old spelling', '[rules.allowlist]\nregexes = ["^abc$"]\n', 'a', undefined, ['r:xyz']],
    ['the match', '[[rules.allowlists]]\nregexTarget = "match"\nregexes = ["^tok_abc$"]\n', 'a', undefined, ['r:xyz']],
    ['the line', '[[rules.allowlists]]\nregexTarget = "line"\nregexes = ["# first"]\n', 'a', undefined, ['r:xyz']],
    ['a stopword in any case', '[[rules.allowlists]]\nstopwords = ["YZ"]\n', 'a', undefined, ['r:abc']],
    ['a commit in any case', '[[rules.allowlists]]\ncommits = ["ABCDEF0"]\n', 'a', 'abcdef0', []],
    [
      'all criteria',
      '[[rules.allowlists]]\ncondition = "AND"\npaths = ["^docs/"]\nregexes = ["^abc$"]\n',
      'docs/a',
      undefined,
      ['r:xyz'],
    ],
    [
      'not all criteria',
      '[[rules.allowlists]]\ncondition = "AND"\npaths = ["^docs/"]\nregexes = ["^abc$"]\n',
      'src/a',
      undefined,
      all,
    ],
    ['for every rule', '[[allowlists]]\nregexes = ["^abc$"]\n', 'a', undefined, ['r:xyz']],
    ['for named rules', '[[allowlists]]\ntargetRules = ["r"]\nregexes = ["^abc$"]\n', 'a', undefined, ['r:xyz']],
    ['keys in any case', '[[rules.allowlists]]\nStopWords = ["abc"]\n', 'a', undefined, ['r:xyz']],
  ])('%s', (_, toml, path, commit, expected) => {
    expect(found(load(RULE + toml).set, text, path, commit)).toEqual(expected);
  });
});

describe('rules', () => {
  test('take the group they name as the secret', () => {
    expect(found(load("[[rules]]\nid = 'r'\nregex = '(a)(b)'\nsecretGroup = 2\n").set, 'ab')).toEqual(['r:b']);
  });

  test('may ask for the path as well', () => {
    const { set } = load(`${RULE}path = '\\.tf$'\n`);
    expect(found(set, 'tok_a', 'a.tf')).toEqual(['r:a']);
    expect(found(set, 'tok_a', 'a.txt')).toEqual([]);
  });

  test.each([
    ['near', 'tok_abc\nuser', ['r:abc']],
    ['far', 'tok_abc\n\n\n\nuser', []],
    ['not at all', 'tok_abc', []],
  ])('may require another one: %s', (_, text, expected) => {
    const other = '[[rules]]\nid = "s"\nregex = "user"\nkeywords = ["nowhere"]\nskipReport = true\n';
    expect(found(load(`${RULE}[[rules.required]]\nid = "s"\nwithinLines = 1\n${other}`).set, text)).toEqual(expected);
  });
});
