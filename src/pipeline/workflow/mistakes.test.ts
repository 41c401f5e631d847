import { describe, expect, it } from 'vitest';
import { checkWorkflow, readWorkflow } from './read.ts';

const read = (content: string) => readWorkflow({ file: 'ci.yml', content });
const mistakes = (content: string | Uint8Array) => {
  const checked = checkWorkflow({ file: 'ci.yml', content });
  return checked.ok ? [] : checked.mistakes.map(({ code, message, hint, at }) => ({ code, message, hint, at }));
};
const JOB = 'jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n';

/** What is wrong, where, and what the answer says. */
const WRONG: readonly (readonly [name: string, content: string, place: string, message: RegExp, hint: RegExp])[] = [
  ['no file', '', '1:1', /empty/, /./],
  ['broken YAML', 'on: push\njobs: [', '2:8', /flow|end/i, /Indentation/],
  ['a tab', 'on:\n\tpush:\n', '2:1', /tab/i, /spaces/],
  ['two documents', `on: push\n${JOB}---\na: b\n`, '7:1', /multiple documents/i, /./],
  ['an unknown key', `on: push\nenvs: {}\n${JOB}`, '2:1', /unknown key `envs`/, /`env`/],
  ['a missing key', 'on: push\n', '1:1', /`jobs` is missing/, /Add `jobs:`/],
  ['an unknown event', `on: pusch\n${JOB}`, '1:5', /`pusch` cannot stand here/, /`push`/],
  ['an unknown type', `on: { issues: { types: [opend] } }\n${JOB}`, '1:25', /`opend`/, /`opened`/],
  [
    'both filters',
    `on: { push: { branches: a, branches-ignore: b } }\n${JOB}`,
    '1:28',
    /cannot be used together/,
    /`!`/,
  ],
  ['a wrong cron', `on: { schedule: [{ cron: '61 * * * *' }] }\n${JOB}`, '1:26', /no cron/, /Five fields/],
  [
    'a choice of nothing',
    `on: { workflow_dispatch: { inputs: { a: { type: choice } } } }\n${JOB}`,
    '1:38',
    /no `options`/,
    /chosen/,
  ],
  [
    'a number',
    `on: push\n${JOB}    timeout-minutes: long\n`,
    '7:22',
    /`long` cannot stand here: expected a number/,
    /a number/,
  ],
  ['a truth', `on: push\n${JOB}    continue-on-error: yes\n`, '7:24', /expected true or false/, /true or false/],
  ['a list for a text', `on: push\n${JOB}    runs: [x]\n`, '7:5', /unknown key `runs`/, /`runs-on`/],
  ['a mapping for a text', `on: push\nname: { a: b }\n${JOB}`, '2:7', /a mapping cannot stand here/, /a text/],
  ['the same key twice', `on: push\n${JOB}    Runs-On: y\n`, '7:5', /given twice/, /without case/],
  ['a wrong permission', `on: push\npermissions: { contents: rw }\n${JOB}`, '2:26', /`rw` cannot stand here/, /read/],
  [
    'neither run nor uses',
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - name: x\n',
    '6:9',
    /one of `run` or `uses`/,
    /./,
  ],
  ['both run and uses', `on: push\n${JOB}        uses: ./x\n`, '7:9', /`uses` cannot stand beside/, /./],
  ['no steps', 'on: push\njobs:\n  a:\n    runs-on: x\n', '3:3', /no steps/, /`uses`/],
  [
    'a wrong id',
    'on: push\njobs:\n  1a:\n    runs-on: x\n    steps: [{ run: x }]\n',
    '3:3',
    /`1a` cannot be the id/,
    /Letters/,
  ],
  ['a reserved id', `on: push\n${JOB}        id: __x\n`, '7:13', /reserved/, /./],
  ['one id twice', `on: push\n${JOB}        id: x\n      - { run: y, id: X }\n`, '8:23', /two steps/, /without case/],
  ['an action without a ref', `on: push\n${JOB}      - uses: actions/checkout\n`, '7:15', /names no action/, /@commit/],
  ['a workflow without a ref', 'on: push\njobs: { a: { uses: o/r/w.yml } }\n', '2:20', /names no workflow/, /@commit/],
  ['an unknown need', `on: push\n${JOB}    needs: [b]\n`, '7:13', /needs `b`, which is no job/, /no other job/],
  [
    'an unknown context',
    `on: push\n${JOB}        env: { A: "\${{ secret.x }}" }\n`,
    '7:24',
    /`secret` cannot be used here/,
    /`secrets`/,
  ],
  [
    'a context too early',
    `on: push\nenv: { A: "\${{ steps.x }}" }\n${JOB}`,
    '2:16',
    /`steps` cannot be used here/,
    /Known here: github/,
  ],
  [
    'an unknown function',
    `on: push\n${JOB}        if: startWith(github.ref, 'x')\n`,
    '7:13',
    /no function `startWith`/,
    /`startsWith`/,
  ],
  ['an open expression', `on: push\n${JOB}        name: "\${{ github.ref"\n`, '7:15', /not closed/, /`}}`/],
  [
    'an open text',
    `on: push\n${JOB}        if: github.ref == 'x\n`,
    '7:27',
    /closing quote|no closing/,
    /single quotes/,
  ],
  ['double quotes', `on: push\n${JOB}        if: github.ref == "x"\n`, '7:27', /`"x"` is not part/, /single quotes/],
  ['too few arguments', `on: push\n${JOB}        if: contains('a')\n`, '7:13', /needs more arguments/, /./],
  [
    'an expression in a block',
    `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          first\n          then \${{ foo.bar }}\n`,
    '8:20',
    /`foo` cannot be used/,
    /Known here/,
  ],
  [
    'an expression where none may be',
    `on: push\nname: "\${{ github.ref }}"\n${JOB}`,
    '2:12',
    /`github` cannot be used here/,
    /No context/,
  ],
  [
    'an action above the repository',
    `on: push\n${JOB}      - uses: ../..@${'a'.repeat(40)}\n`,
    '7:15',
    /names no action/,
    /@commit/,
  ],
  ['an unknown anchor', `on: push\nenv: *no\n${JOB}`, '2:6', /anchor|alias/i, /./],
  ['a key that JavaScript knows', `on: push\nconstructor: {}\n${JOB}`, '2:1', /unknown key `constructor`/, /./],
  ['a merge key', `on: push\nenv: { <<: { A: b } }\n${JOB}`, '2:12', /a mapping cannot stand here/, /Merge keys/],
  ['an alias within itself', `on: push\nenv: &a { A: *a }\n${JOB}`, '2:9', /nested 64 deep/, /aliases/],
];

/** Ways to write a text in YAML; an expression that is wrong stands where the `@` is. */
const STYLES = [
  'a @',
  "'it''s @'",
  String.raw`"a \"q\" @"`,
  String.raw`"\u00e9\n\x41\U0001F600 @"`,
  '"🙂 @"',
  '"a\n    b @"',
  '"a \\\n    b @"',
  '|\n    a\n\n    b @',
  '>-\n    a\n    b @',
  'a\n    b @',
];

describe('the place within a text', () => {
  it.each(STYLES)('%j', (text) => {
    const content = `on: push\nrun-name: ${text}\n${JOB}`.replace('@', '$'.concat('{{ foo }}'));
    const before = content.slice(0, content.indexOf('foo')).split('\n');
    expect(mistakes(content)[0]).toMatchObject({
      message: expect.stringContaining('`foo`'),
      at: { line: before.length, column: (before.at(-1) ?? '').length + 1 },
    });
  });

  it('is found in time that is in proportion to the text', () => {
    const escapes = String.raw`\u00e9`.repeat(100_000);
    const started = performance.now();
    const wrong = '$'.concat('{{ foo }}');
    expect(mistakes(`on: push\nrun-name: "${escapes}${wrong.repeat(20)}"\n${JOB}`)).toHaveLength(20);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('the mistakes of a file', () => {
  it.each(WRONG)('%s', (_name, content, place, message, hint) => {
    const found = mistakes(content);
    const places = found.map(({ at }) => `${at?.line}:${at?.column}`);
    expect(places).toContain(place);
    const one = found[places.indexOf(place)];
    expect(one?.message).toMatch(message);
    expect(one?.hint ?? '').toMatch(hint);
    expect(one?.at?.file).toBe('ci.yml');
  });

  it('are all told, in order', () => {
    const places = mistakes('on: pusch\nenvs: {}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - runn: x\n').map(
      ({ at }) => at?.line,
    );
    expect(places).toEqual([1, 2, 7, 7]);
  });

  it('throws the first, and says how many there are', () => {
    expect(() => read('on: pusch\nenvs: {}\n')).toThrow(
      expect.objectContaining({ name: 'SluiceError', code: 'workflow-invalid', hint: expect.stringContaining('more') }),
    );
  });

  it('name a circle of needs, from the job that comes first', () => {
    const job = (id: string, needs: string): string =>
      `  ${id}: { needs: [${needs}], runs-on: x, steps: [{ run: x }] }\n`;
    const [one] = mistakes(
      `on: push\njobs:\n  z: { runs-on: x, steps: [{ run: x }] }\n${job('a', 'z, b')}${job('b', 'c')}${job('c', 'a')}${job('d', 'c')}`,
    );
    expect(one).toMatchObject({
      code: 'needs-cyclic',
      message: 'these jobs wait for each other: `a` needs `b` needs `c` needs `a`',
      at: { line: 4, column: 19 },
    });
  });
});
