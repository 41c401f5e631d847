import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commit, repository, run } from './pipeline.ts';

const JS_ACTION = {
  'act/action.yml': `
name: greet
inputs: { who to greet: { default: world }, token: {} }
outputs: { said: { description: x } }
runs: { using: node20, main: main.js, post: post.js }
`,
  'act/main.js': `
const fs = require('fs');
fs.appendFileSync(process.env.GITHUB_OUTPUT, 'said=hello ' + process.env['INPUT_WHO_TO_GREET'] + '\\n');
fs.appendFileSync(process.env.GITHUB_STATE, 'kept=state of main\\n');
console.log('main', process.env.GITHUB_ACTION_PATH, process.env.ACTIONS_RUNTIME_TOKEN.split('.').length, process.env.GITHUB_ACTIONS);
`,
  'act/post.js': `console.log('post', process.env.STATE_kept)`,
};

describe('actions', () => {
  test('JavaScript and composite ones of the repository, with inputs, outputs, state and post', async () => {
    const folder = repository(
      `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: js
        uses: ./act
        with: { who to greet: Ada }
      - id: both
        env: { OUTER: outer }
        uses: ./compose
        with: { name: Eve }
      - run: echo "said \${{ steps.js.outputs.said }} / \${{ steps.both.outputs.result }}"; echo "[$ACTIONS_RUNTIME_TOKEN]"
      - continue-on-error: true
        uses: ./compose
        with: { name: Fay, fail: 'true' }
`,
      {
        ...JS_ACTION,
        'compose/action.yml': `
name: both
inputs: { name: { required: true }, fail: { default: 'false' } }
outputs: { result: { value: "\${{ steps.g.outputs.said }}-\${{ steps.s.outputs.x }}" } }
runs:
  using: composite
  steps:
    - id: g
      uses: ./act
      with: { who to greet: "\${{ inputs.name }}" }
    - id: s
      shell: bash
      run: echo "x=$(basename $GITHUB_ACTION_PATH) $OUTER" >> "$GITHUB_OUTPUT"
    - if: inputs.fail == 'true'
      shell: bash
      run: exit 1
    - shell: bash
      run: echo "inner \${{ inputs.name }} went on"
    - if: failure()
      shell: bash
      run: echo "inner failure seen"
`,
      },
    );
    const { status, log, record } = await run(folder);
    expect(status).toBe(0);
    expect(log()).toContain('main /workspace/act 3 true\n');
    expect(log()).toContain('said hello Ada / hello Eve-compose outer\n[]\n');
    expect(log()).toContain('inner Eve went on\n');
    expect(log()).not.toContain('inner Fay went on');
    expect(log()).toContain('inner failure seen\n');
    expect(log().match(/post state of main/g)).toHaveLength(3);
    expect(record.jobs[0]?.steps.at(-1)?.name).toMatch(/^Post /);
  });

  test('of the repository of the workflow itself, without checking it out', async () => {
    const folder = repository(
      'on: push\njobs: { one: { runs-on: ubuntu-latest, steps: [{ uses: $/act }] } }\n',
      JS_ACTION,
    );
    const { status, log } = await run(folder);
    expect(log()).toMatch(/^main \/actions\/local\/repository\/[0-9a-f]{40}\/act 3 true\npost state of main\n$/);
    expect(status).toBe(0);
  });

  test('of another repository, by its commit from a mirror, with pre, read-only', async () => {
    const folder = repository('on: push\njobs: {}\n', { 'sluice.yaml': 'actions: { mirrors: [../mirrors] }\n' });
    const mirror = join(folder, '../mirrors/team/greet');
    mkdirSync(mirror, { recursive: true });
    execFileSync('git', ['init', '--quiet'], { cwd: mirror });
    const sha = commit(mirror, {
      'action.yml': 'name: far\nruns: { using: node24, pre: pre.js, main: main.js }\n',
      'pre.js': `console.log('pre'); require('fs').appendFileSync(process.env.GITHUB_STATE, 's=1\\n')`,
      'main.js': `
console.log('far', __dirname, process.env.STATE_s, process.env.GITHUB_ACTION_REPOSITORY);
try { require('fs').writeFileSync(__dirname + '/x', ''); console.log('WRITTEN'); } catch (e) { console.log('refused', e.code); }`,
    });
    const workflow = (ref: string): string => `
on: push
jobs:
  one: { runs-on: ubuntu-latest, steps: [{ run: echo first }, { uses: team/greet@${ref} }] }
`;
    commit(folder, { '.github/workflows/ci.yml': workflow(sha) });
    const { status, log } = await run(folder);
    expect(log()).toBe(`pre\nfirst\nfar /actions/team/greet/${sha} 1 team/greet\nrefused EROFS\n`);
    expect(status).toBe(0);
    commit(folder, { '.github/workflows/ci.yml': workflow('0'.repeat(40)) });
    const missing = await run(folder);
    expect([missing.status, missing.stdout]).toEqual([
      3,
      expect.stringContaining('the mirror of team/greet does not hold commit'),
    ]);
  });

  test('a tool that is set up, and the error that names those that are there', async () => {
    const { status, log, stdout } = await run(
      repository(`
on: push
jobs:
  there:
    runs-on: ubuntu-latest
    steps:
      - id: n
        uses: actions/setup-node@v4
        with: { node-version: ">=18" }
      - run: node --version; echo "\${{ steps.n.outputs.node-version }}"
  missing:
    runs-on: ubuntu-latest
    steps: [{ uses: actions/setup-node@v4, with: { node-version: 3 } }]
`),
    );
    expect(status).toBe(3);
    expect(log('there')).toMatch(/v(\d+\.\d+\.\d+)\n\1\n/);
    expect(stdout).toMatch(/node 3 is not installed\n +There are: \d+/);
  });
});

describe('what passes from job to job', () => {
  test('artifacts: patterns, names, all of them, and no link out of the workspace', async () => {
    const { status, log, record } = await run(
      repository(`
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    steps:
      - run: |
          mkdir -p out/deep; echo a > out/a.txt; echo b > out/deep/b.txt; echo no > out/a.log; echo h > out/.hidden
          ln -s /etc/passwd out/link.txt; ln -s /etc out/folder
      - uses: actions/upload-artifact@v4
        with: { name: texts, path: "out/**/*.txt\\n!out/**/x*" }
      - uses: actions/upload-artifact@v4
        with: { name: whole, path: out/ }
      - continue-on-error: true
        uses: actions/upload-artifact@v4
        with: { name: texts, path: out/a.log }
      - uses: actions/upload-artifact@v4
        with: { name: none, path: nothing/ }
  take:
    needs: make
    runs-on: ubuntu-latest
    steps:
      - run: ln -s /etc escape
      - uses: actions/download-artifact@v4
      - run: find . -type f | sort; cat whole/a.log
      - continue-on-error: true
        uses: actions/download-artifact@v4
        with: { name: whole, path: escape }
`),
    );
    expect(status).toBe(0);
    expect(record.artifacts.map(({ name }) => name).toSorted()).toEqual(['texts', 'whole']);
    expect(log('take')).toContain(
      './texts/a.txt\n./texts/deep/b.txt\n./whole/a.log\n./whole/a.txt\n./whole/deep/b.txt\nno\n',
    );
    expect(log('make')).toContain('link.txt is a link and is left out');
    expect(log('make')).toContain('An artifact named texts is there already');
    expect(log('make')).toContain('No files were found');
  });

  test('caches: saved by a job that succeeds, restored by the next run, by key and by its start', async () => {
    const folder = repository(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - id: c
        uses: actions/cache@v4
        with: { path: "deps\\n~/.store", key: "k-\${{ vars.V }}", restore-keys: "k-" }
      - run: echo "hit [\${{ steps.c.outputs.cache-hit }}] $(cat deps/x ~/.store/y 2>/dev/null | tr '\\n' ' ')"
      - run: mkdir -p deps ~/.store; echo "\${{ vars.V }}" > deps/x; echo home > ~/.store/y
`);
    const logs: string[] = [];
    for (const v of ['1', '1', '2']) logs.push((await run(folder, '--var', `V=${v}`)).log());
    expect(logs.map((log) => /hit .*/.exec(log)?.[0])).toEqual([
      'hit [] ',
      'hit [true] 1 home ',
      'hit [false] 1 home ',
    ]);
  });
});
