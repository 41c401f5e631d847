import { describe, expect, it } from 'vitest';
import type { Value } from '../workflow/model.ts';
import { readWorkflow } from '../workflow/read.ts';
import { evaluate, evaluateBoolean, evaluateCondition, evaluateMap, evaluateNumber, evaluateText } from './evaluate.ts';
import { conditionOf, jobOf, templateOf, workflowWith } from './fixture.ts';
import type { Contexts } from './scope.ts';
import { numberText } from './value.ts';

const CONTEXTS: Contexts = {
  github: {
    ref: 'refs/heads/main',
    event_name: 'push',
    event: { issue: { labels: [{ name: 'bug' }, { name: 'help wanted' }, { other: 1 }] }, nothing: null },
  },
  env: { Path: '/bin', PATH: '/usr/bin' },
  matrix: { os: 'linux', version: 1.1, list: [1, 2, 3], deep: [[{ a: 1 }], [{ a: 2 }]] },
  vars: { zero: 0, empty: '', yes: true },
};

const value = (expression: string, contexts = CONTEXTS): Value => evaluate(templateOf(expression), contexts);

/** Expressions and what they yield; from the documentation of the language, and from what its runner does. */
const TRUTHS: readonly (readonly [expression: string, yields: Value])[] = [
  ['null', null],
  ['true', true],
  ['711', 711],
  ['-9.2', -9.2],
  ['0xff', 255],
  ['-2.99e-2', -0.0299],
  ["'It''s a ''quote'''", "It's a 'quote'"],
  // Numbers of unlike kinds.
  ["'1' == 1", true],
  ["'' == 0", true],
  ["null == ''", true],
  ['null == 0', true],
  ['true == 1', true],
  ["true == 'true'", false],
  ["'0x10' == 16", true],
  ["'0b1' == 1", false],
  ["'abc' == 0", false],
  ["'abc' > 0", false],
  ["'abc' <= 0", false],
  ['NaN == NaN', false],
  ["' 7 ' == 7", true],
  // Texts without case; lists and mappings are equal to themselves alone.
  ["'AbC' == 'aBc'", true],
  ["'a' < 'B'", true],
  ["'ß' == 'SS'", false],
  ['github.event == github.event', true],
  ["fromJSON('[]') == fromJSON('[]')", false],
  // Logic yields the operand.
  ["'' || 'else'", 'else'],
  ["'a' && 'b'", 'b'],
  ['0 && true', 0],
  ["!''", true],
  ['!vars.zero', true],
  ["fromJSON('{}') && 'truthy'", 'truthy'],
  // Access: without case, never an error.
  ['github.REF', 'refs/heads/main'],
  ["github['event_name']", 'push'],
  ['github.nope.nope.nope', null],
  ['matrix.list[1]', 2],
  ["matrix.list['1']", 2],
  ['matrix.list[1.9]', 2],
  ['matrix.list[9]', null],
  ['matrix.list[-1]', null],
  ['env.Path', '/bin'],
  ['env.PATH', '/usr/bin'],
  ['env.path', null],
  ['github.event.issue.labels.*.name', ['bug', 'help wanted']],
  ['matrix.deep.*.*.a', [1, 2]],
  ['matrix.deep.*[0].a', [1, 2]],
  ["join(github.event.issue.labels.*.name, ', ')", 'bug, help wanted'],
  ['github.event.*.labels[0].name', ['bug']],
  // Functions.
  ["contains('Hello world', 'WORLD')", true],
  ["contains(github.event.issue.labels.*.name, 'BUG')", true],
  ["contains(matrix.list, '2')", true],
  ["contains('1234', 23)", true],
  ["contains(null, '')", true],
  ["startsWith('Hello', 'hE')", true],
  ["endsWith('Hello', 'LO')", true],
  ['startsWith(123, 12)', true],
  ["format('Hello {0} {1} {0}', 'Mona', 'the')", 'Hello Mona the Mona'],
  ["format('{{Hello {0}}}', 'x')", '{Hello x}'],
  ["format('{0}', matrix.list)", 'Array'],
  ['join(matrix.list)', '1,2,3'],
  ["join('text', '-')", 'text'],
  ["join(matrix.list, '')", '123'],
  ["toJSON('a\"b')", '"a\\"b"'],
  ['toJSON(matrix.list)', '[\n  1,\n  2,\n  3\n]'],
  ['toJSON(fromJSON(\'{"a":{},"b":[]}\'))', '{\n  "a": {},\n  "b": []\n}'],
  ['fromJSON(toJSON(matrix.list))', [1, 2, 3]],
  ["fromJSON('true')", true],
  ["case(false, 'a', true, 'b', 'c')", 'b'],
  ["case(false, 'a', 'c')", 'c'],
  ["case(true, 'a', fromJSON('broken'))", 'a'],
];

describe('evaluate', () => {
  it.each(TRUTHS)('%s', (expression, yields) => {
    expect(value(expression)).toEqual(yields);
  });

  it.each([
    [0.1, '0.1'],
    [1e21, '1E+21'],
    [123_456_789_012_345, '123456789012345'],
    [1_234_567_890_123_456, '1.23456789012346E+15'],
    [0.000_01, '1E-05'],
    [0.0001, '0.0001'],
    [-0, '0'],
    [1 / 3, '0.333333333333333'],
    [-1.5, '-1.5'],
  ])('writes the number %d as %s', (number, text) => {
    expect(numberText(number)).toBe(text);
  });

  it('keeps the type of a whole expression, and makes text of what has text around it', () => {
    const { env } = readWorkflow({
      file: 'ci.yml',
      content: `on: push
env:
  A: \${{ github.event.issue.labels }}
  B: it's {0} \${{ github.ref }}\${{ github.none }}'s
jobs: { a: { runs-on: x, steps: [{ run: x }] } }`,
    });
    expect(evaluate(env[0]?.value as never, CONTEXTS)).toHaveLength(3);
    expect(evaluateText(env[1]?.value as never, CONTEXTS)).toBe("it's {0} refs/heads/main's");
  });

  it('gives a script of several lines without the indentation of the file', () => {
    const job = jobOf(workflowWith(`      - run: |\n          echo '\${{ github.ref }}'\n            more\n`));
    const run = job.kind === 'steps' && job.steps[0]?.kind === 'run' ? job.steps[0].run : undefined;
    expect(evaluateText(run as never, CONTEXTS)).toBe("echo 'refs/heads/main'\n  more\n");
  });

  it('puts in mappings that an expression yields, the last value of a key counting', () => {
    const job = jobOf(workflowWith(`      - run: x\n        env: \${{ fromJSON('{"A":"1","B":2}') }}\n`));
    const env = job.kind === 'steps' ? (job.steps[0]?.env ?? []) : [];
    expect({ ...evaluateMap(env, {}) }).toEqual({ A: '1', B: '2' });
  });

  it('makes no prototype of a key', () => {
    const map = evaluateMap([{ key: '__proto__', value: templateOf("'x'") }], {});
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(Object.entries(map)).toEqual([['__proto__', 'x']]);
    expect(value('fromJSON(\'{"__proto__":{"a":1}}\').a')).toBeNull();
    expect(value('github.constructor')).toBeNull();
    expect(value('github.toString.name')).toBeNull();
  });

  it('turns values into what a place needs, or says where it cannot', () => {
    expect(evaluateBoolean(templateOf("'true'"), {})).toBe(true);
    expect(evaluateBoolean(templateOf('null'), {})).toBe(false);
    expect(evaluateNumber(templateOf("'12'"), {})).toBe(12);
    expect(() => evaluateNumber(templateOf("'x'"), {})).toThrow(expect.objectContaining({ code: 'value-not-number' }));
    expect(() => evaluateBoolean(templateOf("'yes'"), {})).toThrow(
      expect.objectContaining({ code: 'value-not-boolean' }),
    );
    expect(() => evaluateText(templateOf('github'), CONTEXTS)).toThrow(
      expect.objectContaining({ code: 'value-not-text' }),
    );
  });

  it.each([
    ["fromJSON('{')", 'is no JSON', 18],
    ["fromJSON('')", 'empty text', 18],
    ["format('{0} {1}', 1)", 'no value for {1}', 18],
    ["format('{')", 'brace', 18],
    ["'a' && format('{x}', 1)", 'brace', 25],
    ["case('a', 1, 2)", 'true or false', 18],
    ["hashFiles('a')", 'cannot be used here', 18],
  ])('%s fails at its place', (expression, message, column) => {
    const run = (): unknown => {
      const { env } = readStep(expression);
      return evaluate(env, {});
    };
    expect(run).toThrow(
      expect.objectContaining({
        name: 'SluiceError',
        code: 'expression-failed',
        message: expect.stringContaining(message),
        at: { file: 'ci.yml', line: 8, column },
      }),
    );
  });

  it('never says the text that is no JSON', () => {
    const secret = ['s3', 'cr3t', 'value'].join('-');
    try {
      evaluate(templateOf('fromJSON(secrets.A)'), { secrets: { A: secret } });
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain(secret);
    }
  });

  it('bounds what calls within calls can make', () => {
    const doubled = Array.from({ length: 40 }).reduce<string>(
      (inner) => `format('{0}{0}', ${inner})`,
      "'0123456789abcdef'",
    );
    expect(() => value(doubled)).toThrow(expect.objectContaining({ code: 'expression-failed' }));
  });

  it('asks the workspace for hashes', () => {
    const hashFiles = (patterns: readonly string[]): string => patterns.join('+');
    expect(evaluate(templateOf("hashFiles('a', '**/b')"), {}, { hashFiles })).toBe('a+**/b');
  });
});

/** `env` on line 8 of its file, the expression starting at column 18. */
function readStep(expression: string): { readonly env: Parameters<typeof evaluate>[0] } {
  const job = jobOf(workflowWith(`      - run: x\n        env:\n          A: \${{ ${expression} }}\n`));
  const template = job.kind === 'steps' ? job.steps[0]?.env[0]?.value : undefined;
  if (template === undefined) throw new Error('no env');
  return { env: template };
}

describe('evaluateCondition', () => {
  it.each([
    ["github.event_name == 'push'", 'success', true],
    ["github.event_name == 'push'", 'failure', false],
    [`\${{ github.event_name == 'push' }}`, 'failure', false],
    ['always()', 'failure', true],
    ['failure()', 'failure', true],
    ['failure()', 'success', false],
    ['!cancelled()', 'cancelled', false],
    ['success() || failure()', 'failure', true],
    ["contains('always()', 'x')", 'failure', false],
    ['false', 'success', false],
    ['', 'success', true],
    ['', 'failure', false],
    ["env.Path == '/bin' && always()", 'failure', true],
    // Text around an expression makes a text, which is true: the trap of the platform.
    [`\${{ false }} && true`, 'success', true],
    [`\${{ false }}\n`, 'success', true],
  ] as const)('%j after %s is %s', (condition, status, runs) => {
    expect(evaluateCondition(conditionOf(condition), CONTEXTS, status)).toBe(runs);
  });

  it('asks for the jobs that a call names', () => {
    const workflow = readWorkflow({
      file: 'ci.yml',
      content:
        "on: push\njobs:\n  a: {runs-on: x, steps: [{run: x}]}\n  b:\n    needs: a\n    if: failure('a')\n    runs-on: x\n    steps: [{run: x}]",
    });
    const condition = workflow.jobs[1]?.if;
    expect(evaluateCondition(condition as never, {}, (jobs) => (jobs[0] === 'a' ? 'failure' : 'success'))).toBe(true);
  });
});
