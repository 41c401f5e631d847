import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMIT, planOf } from './fixture.ts';
import { permissionsOf } from './permissions.ts';
import type { Obstacle, PlannedJob, PlannedStepsJob } from './schema.ts';
import { planReportSchema } from './schema.ts';

const job = (jobs: readonly PlannedJob[], id: string): PlannedStepsJob => {
  const found = jobs.find((one) => one.id === id);
  if (found?.kind !== 'steps') throw new Error(`no job ${id} with steps`);
  return found;
};
const STEPS = 'runs-on: ubuntu-latest, steps: [{ run: x }]';
const brief = ({ code, severity, at, job: id }: Obstacle): string =>
  `${severity} ${code} ${id} ${at.line}:${at.column}`;

describe('planWorkflow', () => {
  it('says what each job and step gets', async () => {
    const plan = await planOf(`on: push
permissions: { contents: read }
concurrency: ci-\${{ github.ref }}
env: { SHARED: "\${{ secrets.SHARED }}" }
jobs:
  build:
    name: Build for \${{ github.ref }}
    runs-on: ubuntu-latest
    permissions: { packages: write, contents: read }
    environment: production
    timeout-minutes: 5
    outputs: { digest: "\${{ steps.a.outputs.b }}" }
    steps:
      - uses: actions/checkout@v4
      - name: Publish \${{ github.event_name }}
        id: a
        run: publish
        env: { TOKEN: "\${{ secrets.NPM }}", OWN: "\${{ github.token }}" }
      - uses: actions/upload-artifact@v4
        with: { name: "dist-\${{ github.event_name }}", path: dist }
      - uses: actions/cache@v4
        with: { key: "npm-\${{ hashFiles('**/lock') }}", path: x }
      - uses: actions/download-artifact@v4
  after: { needs: build, ${STEPS} }
`);
    expect(plan).toMatchObject({
      starts: true,
      runnable: true,
      obstacles: [],
      concurrency: 'ci-refs/heads/main',
      totals: { jobs: 2, steps: 6 },
    });
    expect(plan.workflow.layers).toEqual([['build'], ['after']]);
    const build = job(plan.workflow.jobs, 'build');
    expect(build).toMatchObject({
      name: 'Build for refs/heads/main',
      decision: 'runs',
      permissions: { contents: 'read', packages: 'write' },
      environment: 'production',
      timeoutMinutes: '5',
      network: ['registry.example'],
      outputs: ['digest'],
      secrets: ['GITHUB_TOKEN', 'NPM', 'SHARED'],
    });
    expect(build.steps.map(({ name, secrets }) => [name, secrets])).toEqual([
      ['Run actions/checkout@v4', ['SHARED']],
      ['Publish push', ['GITHUB_TOKEN', 'NPM', 'SHARED']],
      ['Run actions/upload-artifact@v4', ['SHARED']],
      ['Run actions/cache@v4', ['SHARED']],
      ['Run actions/download-artifact@v4', ['SHARED']],
    ]);
    expect(build.steps.flatMap(({ stores }) => stores)).toEqual([
      { kind: 'artifact', direction: 'write', name: 'dist-push' },
      { kind: 'cache', direction: 'both', name: `npm-\${{ hashFiles('**/lock') }}` },
      { kind: 'artifact', direction: 'read', name: '*' },
    ]);
  });

  it('gives untrusted code nothing but a token that reads', async () => {
    const content = `on: push
permissions: write-all
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: x
        env: { A: "\${{ secrets.NPM }}", B: "\${{ secrets.GITHUB_TOKEN }}" }
`;
    const plan = await planOf(content, { trusted: false });
    const { permissions, steps, secrets } = job(plan.workflow.jobs, 'a');
    expect(Object.values(permissions)).not.toContain('write');
    expect(permissions).not.toHaveProperty('id-token');
    expect(steps[0]?.secrets).toEqual(['GITHUB_TOKEN']);
    expect(secrets).toEqual(['GITHUB_TOKEN']);
    expect(plan.withheld).toEqual(['NPM']);
    expect(job((await planOf(content)).workflow.jobs, 'a').permissions).toMatchObject({ 'id-token': 'write' });
  });

  it('expands matrices, and leaves to the run what only the run knows', async () => {
    const plan = await planOf(`on: push
jobs:
  fixed:
    name: Test \${{ matrix.os }}
    strategy: { fail-fast: false, max-parallel: 2, matrix: { os: [ubuntu-latest, macos-14], node: [20], include: [{ os: windows-2022, node: 18 }] } }
    runs-on: \${{ matrix.os }}
    steps: [{ run: x }]
  plain: { strategy: { matrix: { n: [1, 2] } }, ${STEPS} }
  later:
    needs: fixed
    strategy: { matrix: "\${{ fromJSON(needs.fixed.outputs.m) }}" }
    runs-on: \${{ matrix.os }}
    steps: [{ run: x }]
`);
    const fixed = job(plan.workflow.jobs, 'fixed');
    expect(fixed).toMatchObject({ failFast: false, maxParallel: 2 });
    expect(fixed.matrix).toEqual({
      kind: 'fixed',
      combinations: [
        { name: 'Test ubuntu-latest', values: { os: 'ubuntu-latest', node: 20 }, runsOn: ['ubuntu-latest'] },
        { name: 'Test macos-14', values: { os: 'macos-14', node: 20 }, runsOn: ['macos-14'] },
        { name: 'Test windows-2022', values: { os: 'windows-2022', node: 18 }, runsOn: ['windows-2022'] },
      ],
    });
    expect(job(plan.workflow.jobs, 'plain').matrix).toMatchObject({
      combinations: [{ name: 'plain (1)' }, { name: 'plain (2)' }],
    });
    expect(job(plan.workflow.jobs, 'later').matrix).toEqual({ kind: 'run-time', reason: 'it reads `needs`' });
    expect(plan.obstacles.map(({ combinations, message }) => [combinations, message])).toEqual([
      [['Test macos-14'], '`macos-14` cannot be had here: it needs macOS'],
      [['Test windows-2022'], '`windows-2022` cannot be had here: it needs Windows'],
    ]);
    expect(plan.totals).toEqual({ jobs: 6, steps: 6 });
  });

  it('decides conditions that are known, and what waits for a skipped job', async () => {
    const plan = await planOf(`on: push
jobs:
  no: { if: github.event_name == 'release', runs-on: windows-latest, steps: [{ run: x }] }
  waits: { needs: no, ${STEPS} }
  anyway: { needs: no, if: "always()", ${STEPS} }
  asks: { needs: anyway, if: "needs.anyway.outputs.x == 'y'", ${STEPS} }
  both: { needs: [no], if: "needs.no.outputs.x == 'y'", ${STEPS} }
`);
    expect(plan.workflow.jobs.map(({ id, decision }) => `${id} ${decision}`)).toEqual([
      'no skipped',
      'waits skipped',
      'anyway runs',
      'asks run-time',
      'both skipped',
    ]);
    // What a skipped job asks for is in nobody's way.
    expect(plan.obstacles).toEqual([]);
  });
});

describe('what stands in the way', () => {
  it.each<readonly [name: string, jobs: string, obstacles: readonly string[]]>([
    ['Windows', '{ a: { runs-on: windows-latest, steps: [{ run: x }] } }', ['blocks runner-unavailable a 2:23']],
    [
      'another processor',
      '{ a: { runs-on: ubuntu-24.04-arm, steps: [{ run: x }] } }',
      ['blocks runner-unavailable a 2:23'],
    ],
    [
      'a label of somebody',
      '{ a: { runs-on: [self-hosted, gpu], steps: [{ run: x }] } }',
      ['degrades runner-unknown a 2:23'],
    ],
    [
      'a group',
      '{ a: { runs-on: { group: big, labels: [ubuntu-latest] }, steps: [{ run: x }] } }',
      ['degrades runner-unknown a 2:23'],
    ],
    ['a service', `{ a: { services: { db: { image: x } }, ${STEPS} } }`, ['blocks container-unavailable a 2:30']],
    ['a container', `{ a: { container: x, ${STEPS} } }`, ['blocks container-unavailable a 2:25']],
    [
      'an image',
      '{ a: { runs-on: x64, steps: [{ uses: "docker://alpine:3" }] } }',
      ['blocks container-unavailable a 2:44'],
    ],
    [
      'an action without a commit',
      '{ a: { runs-on: linux, steps: [{ uses: o/r@v1 }] } }',
      ['blocks action-not-pinned a 2:46'],
    ],
    [
      'an action that is not here',
      `{ a: { runs-on: linux, steps: [{ uses: o/r@${COMMIT} }] } }`,
      ['blocks file-missing a 2:46'],
    ],
    [
      'a local action that is not here yet',
      '{ a: { runs-on: linux, steps: [{ uses: ./x }] } }',
      ['degrades file-missing a 2:46'],
    ],
    [
      'a shell of Windows',
      '{ a: { runs-on: linux, steps: [{ run: x, shell: cmd }] } }',
      ['blocks shell-unavailable a 2:55'],
    ],
    [
      'a shell that is not installed',
      '{ a: { runs-on: linux, defaults: { run: { shell: pwsh } }, steps: [{ run: x }] } }',
      ['blocks shell-unavailable a 2:56'],
    ],
    ['a key that is not supported', `{ a: { snapshot: x, ${STEPS} } }`, ['degrades key-unsupported a 2:14']],
    ['a workflow without a commit', '{ a: { uses: o/r/w.yml@main } }', ['blocks workflow-not-pinned a 2:20']],
    ['a workflow that is not here', `{ a: { uses: o/r/w.yml@${COMMIT} } }`, ['blocks file-missing a 2:20']],
    [
      'a shell that is none',
      '{ a: { runs-on: linux, steps: [{ run: x, shell: fish }] } }',
      ['blocks shell-unavailable a 2:55'],
    ],
    ['a shell by its path', '{ a: { runs-on: linux, steps: [{ run: x, shell: "/bin/fish {0}" }] } }', []],
    ['nothing', '{ a: { runs-on: ubuntu-22.04, steps: [{ run: x, shell: "bash -e {0}" }] } }', []],
  ])('%s', async (_name, jobs, obstacles) => {
    const plan = await planOf(`on: push\njobs: ${jobs}\n`);
    expect(plan.obstacles.map(brief)).toEqual(obstacles);
    expect(plan.runnable).toBe(obstacles.every((one) => one.startsWith('degrades')));
    for (const { message, at } of plan.obstacles) {
      expect(message).not.toBe('');
      expect(at.file).toBe('ci.yml');
    }
  });

  it('is looked for within composite actions', async () => {
    const files = {
      'actions/outer/action.yml':
        'name: o\nruns: { using: composite, steps: [{ uses: ./actions/inner }, { uses: x/y@main }] }',
      'actions/inner/action.yml': 'name: i\nruns: { using: docker, image: Dockerfile }',
    };
    const plan = await planOf('on: push\njobs: { a: { runs-on: linux, steps: [{ uses: ./actions/outer }] } }\n', {
      files,
    });
    expect(plan.obstacles.map(({ code, message }) => [code, message])).toEqual([
      ['action-not-pinned', '`x/y@main` is not pinned to a commit'],
      ['container-unavailable', '`./actions/inner` is built from a Dockerfile, and nothing here builds one'],
    ]);
  });

  it('ends where actions use each other, and tells what is wrong in one', async () => {
    const circle = { 'a/action.yml': 'name: a\nruns: { using: composite, steps: [{ uses: ./a }] }' };
    const around = await planOf('on: push\njobs: { a: { runs-on: linux, steps: [{ uses: ./a }] } }\n', {
      files: circle,
    });
    expect(around.obstacles).toMatchObject([{ code: 'action-too-deep', message: '`./a` uses itself' }]);
    // Ten actions that each use the next one a hundred times: looked at once each.
    const many = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `a${index}/action.yml`,
        `name: a\nruns: { using: composite, steps: [${Array(100)
          .fill(`{ uses: ./a${index + 1} }`)
          .join(', ')}] }`,
      ]),
    );
    const wide = await planOf('on: push\njobs: { a: { runs-on: linux, steps: [{ uses: ./a0 }] } }\n', { files: many });
    expect(wide.obstacles.map(({ code }) => code)).toEqual(['file-missing']);
    const broken = await planOf('on: push\njobs: { a: { runs-on: linux, steps: [{ uses: ./a }] } }\n', {
      files: { 'a/action.yml': 'runs: { using: nope }' },
    });
    expect(broken.obstacles[0]?.message).toMatch(/a\/action\.yml:1: /);
  });

  it('counts the secrets that an action takes by itself', async () => {
    const files = {
      'a/action.yml': `name: a\ninputs: { token: { default: "\${{ github.token }}" }, other: {} }\nruns: { using: node24, main: x.js }`,
    };
    const step = async (inputs: string) => {
      const plan = await planOf(`on: push\njobs: { a: { runs-on: linux, steps: [{ uses: ./a${inputs} }] } }\n`, {
        files,
      });
      return job(plan.workflow.jobs, 'a').steps[0];
    };
    expect(await step('')).toMatchObject({ secrets: ['GITHUB_TOKEN'], action: { kind: 'local', runs: 'node' } });
    expect((await step(', with: { Token: x }'))?.secrets).toEqual([]);
  });
});

describe('bounds', () => {
  it('plans five hundred jobs within a second', async () => {
    const list = (count: number): string => `[${Array.from({ length: count }, (_, index) => index).join(', ')}]`;
    const content = `on: push\njobs:\n  a: { strategy: { matrix: { x: ${list(50)}, y: ${list(10)} } }, runs-on: ubuntu-latest, steps: [{ run: "echo \${{ matrix.x }}" }] }\n`;
    await planOf(content);
    const started = performance.now();
    const plan = await planOf(content);
    expect(plan.totals.jobs).toBe(500);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('refuses ten thousand jobs of one matrix, at its line', async () => {
    const list = `[${Array.from({ length: 100 }, (_, index) => index).join(', ')}]`;
    const content = `on: push\njobs:\n  a:\n    strategy:\n      matrix: { x: ${list}, y: ${list} }\n    ${STEPS.replace(', ', '\n    ')}\n`;
    await expect(planOf(content)).rejects.toMatchObject({
      code: 'matrix-too-large',
      at: { line: 5 },
      message: expect.stringContaining('10000'),
    });
  });
});

describe('permissionsOf', () => {
  it('are the careful default, when the file does not say', () => {
    expect(permissionsOf({}, {}, { trusted: true })).toEqual({ contents: 'read', packages: 'read' });
    expect(permissionsOf({ permissions: { contents: 'none' } }, {}, { trusted: true })).toEqual({});
    expect(
      permissionsOf({ permissions: { contents: 'none' } }, { permissions: { issues: 'write' } }, { trusted: true }),
    ).toEqual({ issues: 'write' });
  });
});

it('a plan fits its published schema', async () => {
  const plan = await planOf(
    `on: push\njobs: { a: { strategy: { matrix: { n: [1, { b: [true, null] }] } }, ${STEPS} }, b: { uses: o/r/w.yml@main } }`,
  );
  const validate = new Ajv2020({ strict: false }).compile(z.toJSONSchema(planReportSchema, { io: 'input' }));
  expect(validate({ version: 1, plans: [JSON.parse(JSON.stringify(plan))], invalid: [] })).toBe(true);
});
