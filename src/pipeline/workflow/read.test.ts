import { describe, expect, it } from 'vitest';
import type { StepsJob } from './model.ts';
import { checkAction, readAction, readWorkflow } from './read.ts';

const read = (content: string) => readWorkflow({ file: 'ci.yml', content });

describe('readWorkflow', () => {
  const workflow = read(`
name: Build
on:
  push: { branches: [main, '!wip/**'], paths-ignore: '**.md' }
  pull_request:
  schedule: [{ cron: '30 5 * * 1-5' }]
  workflow_dispatch:
    inputs:
      level: { type: choice, options: [low, high], default: low, description: How much }
      dry: { type: boolean, required: true }
      plain:
  workflow_call:
    inputs: { version: { type: string, required: true } }
    secrets: { TOKEN: { required: true }, OTHER: }
    outputs: { digest: { value: "\${{ jobs.build.outputs.digest }}" } }
env: { CI: true, LEVEL: 1.10 }
permissions: read-all
concurrency: { group: "ci-\${{ github.ref }}", cancel-in-progress: true }
defaults: { run: { shell: bash } }
jobs:
  build:
    name: Build on \${{ matrix.os }}
    runs-on: \${{ matrix.os }}
    strategy: { fail-fast: false, max-parallel: 2, matrix: { os: [ubuntu-latest, windows-latest] } }
    permissions: { contents: write, id-token: write }
    environment: { name: production, url: "https://\${{ steps.up.outputs.host }}" }
    container: node:22
    services:
      db: { image: postgres:17, env: { POSTGRES_PASSWORD: "\${{ secrets.DB }}" }, ports: ['5432:5432'] }
    outputs: { digest: "\${{ steps.up.outputs.digest }}" }
    timeout-minutes: 10
    continue-on-error: \${{ matrix.os != 'ubuntu-latest' }}
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - id: up
        name: Publish
        if: failure()
        run: ./publish \${{ secrets.TOKEN }}
        shell: bash
        working-directory: out
        env: { A: b }
        timeout-minutes: 5
  call:
    needs: [build]
    uses: ./.github/workflows/other.yml
    with: { version: 1 }
    secrets: inherit
`);
  const [build, call] = workflow.jobs as [StepsJob, (typeof workflow.jobs)[1]];

  it('reads triggers, filters and inputs', () => {
    expect(workflow.triggers.map(({ event }) => event)).toEqual([
      'push',
      'pull_request',
      'schedule',
      'workflow_dispatch',
      'workflow_call',
    ]);
    expect(workflow.triggers[0]).toMatchObject({ branches: ['main', '!wip/**'], pathsIgnore: ['**.md'] });
    expect(workflow.triggers[2]?.cron).toEqual(['30 5 * * 1-5']);
    expect(workflow.inputs).toMatchObject([
      { name: 'version', type: 'string', required: true },
      { name: 'level', type: 'choice', options: ['low', 'high'], default: { text: 'low' }, description: 'How much' },
      { name: 'dry', type: 'boolean', required: true },
      { name: 'plain', type: 'string', required: false },
    ]);
    expect(workflow.secrets).toEqual([
      { name: 'TOKEN', required: true },
      { name: 'OTHER', required: false },
    ]);
    expect(workflow.outputs.map(({ key }) => key)).toEqual(['digest']);
  });

  it('reads what holds for all jobs', () => {
    expect(workflow.name).toBe('Build');
    expect(workflow.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(workflow.env.map(({ key, value }) => [key, value.text])).toEqual([
      ['CI', 'true'],
      ['LEVEL', '1.1'],
    ]);
    expect(workflow.permissions).toMatchObject({ contents: 'read', 'id-token': 'none', models: 'read' });
    expect(workflow.concurrency).toMatchObject({
      group: { text: `ci-\${{ github.ref }}` },
      cancelInProgress: { text: 'true' },
    });
    expect(workflow.defaults.shell?.text).toBe('bash');
  });

  it('reads a job', () => {
    expect(build).toMatchObject({
      kind: 'steps',
      id: 'build',
      needs: [],
      if: { text: 'success()' },
      environment: { name: { text: 'production' } },
      container: { image: { text: 'node:22', literal: true } },
      timeoutMinutes: { text: '10' },
      continueOnError: { literal: false, contexts: ['matrix'] },
    });
    expect(build.permissions).toMatchObject({ contents: 'write', 'id-token': 'write', packages: 'none' });
    expect(build.services[0]).toMatchObject({
      name: 'db',
      container: { env: [{ key: 'POSTGRES_PASSWORD', value: { secrets: ['DB'] } }] },
    });
    expect(build.at).toEqual({ file: 'ci.yml', line: 21, column: 3 });
  });

  it('reads steps', () => {
    expect(build.steps[0]).toMatchObject({
      kind: 'uses',
      uses: 'actions/checkout@v4',
      with: [{ key: 'fetch-depth', value: { text: '0' } }],
    });
    expect(build.steps[1]).toMatchObject({
      kind: 'run',
      id: 'up',
      name: { text: 'Publish' },
      if: { text: 'failure()' },
      run: { text: `./publish \${{ secrets.TOKEN }}`, secrets: ['TOKEN'] },
      shell: { text: 'bash' },
      workingDirectory: { text: 'out' },
    });
  });

  it('reads a call', () => {
    expect(call).toMatchObject({
      kind: 'call',
      needs: ['build'],
      uses: './.github/workflows/other.yml',
      secrets: 'inherit',
    });
  });

  it('resolves aliases, and takes every text of YAML', () => {
    const { env } = read(
      `on: push\nenv: &e { A: 1 }\njobs:\n  a:\n    runs-on: x\n    env: *e\n    steps: [{ run: x }]\n`,
    );
    expect(env).toHaveLength(1);
    const odd = read(
      `\ufeffon: push\r\nname: "caf\\u00e9"\r\njobs:\r\n  a:\r\n    runs-on: 'x'\r\n    steps:\r\n      - run: >-\r\n          one\r\n          two\r\n`,
    );
    expect(odd.name).toBe('café');
    expect((odd.jobs[0] as StepsJob).steps[0]).toMatchObject({ run: { text: 'one two' } });
  });

  it('keeps what it does nothing with, and where it stands', () => {
    const { unsupported } = read(`on: push\njobs:\n  a:\n    runs-on: x\n    snapshot: img\n    steps: [{ run: x }]\n`);
    expect(unsupported).toEqual([{ key: 'snapshot', job: 'a', at: { file: 'ci.yml', line: 5, column: 5 } }]);
  });
});

describe('readAction', () => {
  it('reads the three kinds', () => {
    const action = (runs: string) =>
      readAction({
        file: 'action.yml',
        content: `name: A\ndescription: b\ninputs:\n  token: { default: "\${{ github.token }}" }\nruns:\n  ${runs}`,
      });
    expect(action('{ using: node20, main: a.js, post: b.js, post-if: success() }')).toMatchObject({
      name: 'A',
      inputs: [{ name: 'token', default: { secrets: ['GITHUB_TOKEN'] } }],
      runs: {
        kind: 'node',
        using: 'node20',
        main: 'a.js',
        post: 'b.js',
        postIf: { text: 'success()', token: { kind: 'expression' } },
      },
    });
    expect(action(`{ using: docker, image: Dockerfile, args: ['\${{ inputs.token }}'] }`).runs).toMatchObject({
      kind: 'docker',
      args: [{ contexts: ['inputs'] }],
    });
    expect(action('{ using: composite, steps: [{ run: x, shell: bash }] }').runs).toMatchObject({
      kind: 'composite',
      steps: [{ kind: 'run' }],
    });
  });

  it('says what is wrong', () => {
    const check = (content: string) => {
      const checked = checkAction({ file: 'action.yml', content });
      return checked.ok ? undefined : checked.mistakes[0];
    };
    expect(check('runs: { using: node6x, main: a }')).toMatchObject({
      message: '`node6x` runs no action',
      at: { line: 1, column: 16 },
    });
    expect(check('name: x\n')).toMatchObject({ message: '`runs` is missing', at: { line: 1, column: 1 } });
    expect(check('runs: { using: node20, pre: a }')).toMatchObject({
      message: '`main` is missing',
      at: { line: 1, column: 7 },
    });
    expect(check('runs: { using: composite, steps: [{ run: x }] }')).toMatchObject({ message: '`shell` is missing' });
  });
});
