import { beforeAll, describe, expect, test } from 'vitest';
import { commit } from '../run/pipeline.ts';
import { git } from '../support/repository.ts';
import { type Attacked, canaries, expression, job, type Lab, openLab, type Yaml } from './lab.ts';

/*
 * Code from outside asks for secrets in every way that the language has. The same workflow in a push gets them: otherwise
 * that a fork gets none would show nothing.
 */

const NAMES = ['TOKEN', 'OTHER', 'GITHUB_TOKEN', 'PRODUCTION_KEY'] as const;
const say = (text: string): Yaml => ({ run: `echo "got [${text}]"` });
const asked = (value: string): Yaml => ({ env: { S: expression(value) }, run: 'echo "got [$S]"' });

const WAYS: Readonly<Record<string, unknown>> = {
  direct: job(asked('secrets.TOKEN')),
  inline: job(say(expression('secrets.TOKEN'))),
  index: job(asked("secrets['TOKEN']")),
  computed: job(asked("secrets[format('TO{0}', 'KEN')]")),
  whole: job({
    env: { S: expression('toJSON(secrets)') },
    run: 'echo "got [$(echo "$S" | grep -c \'"TOKEN"\' | sed s/0//)]"',
  }),
  token: job(asked('github.token')),
  'token-computed': job(asked("github[format('to{0}', 'ken')]")),
  'whole-github': job({
    env: { S: expression('toJSON(github)') },
    run: 'echo "got [$(echo "$S" | sed -n \'s/^  "token": "\\(.*\\)",*$/\\1/p\')]"',
  }),
  condition: job(
    { if: "env.S != ''", env: { S: expression('secrets.TOKEN') }, run: 'echo "got [it]"' },
    'echo "got []"',
  ),
  'job-env': { ...job('echo "got [$S]"'), env: { S: expression('secrets.TOKEN') } },
  environment: { ...job(asked('secrets.PRODUCTION_KEY')), environment: 'production' },
  composite: job({ uses: 'actions/checkout@v4' }, { uses: './act', with: { s: expression('secrets.TOKEN') } }),
  inherit: { uses: './.github/workflows/called.yml', secrets: 'inherit' },
  handed: { uses: './.github/workflows/called.yml', secrets: { TOKEN: expression('secrets.OTHER') } },
  output: {
    ...job({
      id: 'o',
      env: { S: expression('secrets.TOKEN') },
      run: 'echo "o=$S" >> "$GITHUB_OUTPUT"; echo "got [$S]"',
    }),
    outputs: { o: expression('steps.o.outputs.o') },
  },
  matrix: {
    ...job(say(`${expression('matrix.of')}${expression('secrets.TOKEN')}`)),
    needs: 'output',
    strategy: { matrix: { of: [expression('needs.output.outputs.o')] } },
  },
};

const FILES = {
  'act/action.yml': `
name: act
inputs: { s: {} }
runs:
  using: composite
  steps: [{ shell: bash, env: { S: "${expression('inputs.s')}" }, run: 'echo "got [$S]"' }]
`,
  '.github/workflows/called.yml': `
on: { workflow_call: { secrets: { TOKEN: {} } } }
jobs:
  inner: { runs-on: ubuntu-latest, steps: [{ env: { S: "${expression('secrets.TOKEN')}" }, run: 'echo "got [$S]"' }] }
`,
};

/** What a step said that it got, by job. */
const got = (run: Attacked, key: string): string | undefined => /^got \[(.*)\]$/m.exec(run.log(key))?.[1];

const keyOf = (way: string): string =>
  way === 'inherit' || way === 'handed' ? `${way} / inner` : way === 'matrix' ? 'matrix' : way;

describe('a pull request of a fork', () => {
  const repo = { full_name: 'someone/fork' };
  let lab: Lab;
  let fork: Attacked;
  let own: Attacked;

  beforeAll(async () => {
    lab = openLab({
      secrets: canaries(NAMES),
      jobs: WAYS,
      workflow: { on: ['push', 'pull_request', 'pull_request_target', 'workflow_run'] },
      files: FILES,
    });
    const sha = commit(lab.folder, { file: 'of the fork' });
    const pull = { number: 7, title: 'x', head: { sha, ref: 'topic', repo }, base: { ref: 'main', sha } };
    fork = await lab.run({ event: ['pull_request', { pull_request: pull }] });
    own = await lab.run();
  });

  test.each(Object.keys(WAYS))('gets no secret by way of: %s', (way) => {
    const matching = (run: Attacked): string | undefined =>
      got(run, run.record.jobs.find(({ key }) => key.startsWith(keyOf(way)))?.key ?? '');
    expect(matching(fork)).toBe('');
    expect(matching(own)).toMatch(/^(?:\*{3}|it|1)$/);
  });

  test('and neither is one in anything that either run left', async () => {
    expect(await lab.leaks(fork, own)).toEqual([]);
    expect([fork.record.trusted, own.record.trusted]).toEqual([false, true]);
  });
});

describe('an event whose code comes from outside, or does not say from where', () => {
  const fork = { full_name: 'someone/fork' };
  const own = { full_name: 'local/repository' };
  const pull = (repo: unknown, more: object = {}): object => ({
    pull_request: { number: 7, head: { ref: 'topic', repo, ...more }, base: { ref: 'main' } },
  });

  test.each<[string, string, object, boolean]>([
    ['a pull request of this repository, which is trusted', 'pull_request', pull(own), true],
    ['of a repository that is gone', 'pull_request', pull(null), false],
    ['that does not say', 'pull_request', { pull_request: { number: 7, base: { ref: 'main' } } }, false],
    ['whose name is no text', 'pull_request', pull({ full_name: ['local/repository'] }), false],
    ['whose name is almost ours', 'pull_request', pull({ full_name: 'local/repository ' }), false],
    ['with our code and its own head', 'pull_request_target', pull(fork), false],
    ['by way of a review', 'pull_request_review', pull(fork), false],
    ['by way of another workflow', 'workflow_run', { workflow_run: { head_repository: fork } }, false],
    ['that has a key of objects', 'pull_request', { ...pull(fork), ['__proto__']: pull(own) }, false],
  ])('%s', async (_, name, payload, trusted) => {
    const lab = openLab({
      secrets: canaries(['TOKEN']),
      workflow: { on: ['pull_request', 'pull_request_target', 'pull_request_review', 'workflow_run'] },
      jobs: {
        one: job(
          { uses: 'actions/checkout@v4', with: { ref: expression('github.event.pull_request.head.sha') } },
          'sh ./head.sh 2>/dev/null || true',
          asked('secrets.TOKEN'),
        ),
      },
    });
    commit(lab.folder, { 'head.sh': 'env | grep ^S=' });
    const sha = git(lab.folder, 'rev-parse', 'HEAD').trim();
    const text = JSON.stringify(payload)
      .replaceAll('"ref":"topic"', `"ref":"topic","sha":"${sha}"`)
      .replaceAll('"ref":"main"', `"ref":"main","sha":"${sha}"`);
    const run = await lab.run({
      event: [name, JSON.parse(text.includes(sha) ? text : JSON.stringify({ ...payload, head_commit: { id: sha } }))],
    });
    expect([run.record.trusted, got(run, 'one')]).toEqual([trusted, trusted ? '***' : '']);
    expect(await lab.leaks(run)).toEqual([]);
  });
});
