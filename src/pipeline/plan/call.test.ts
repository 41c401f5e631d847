import { describe, expect, it } from 'vitest';
import { COMMIT, planOf } from './fixture.ts';
import type { Obstacle } from './schema.ts';

const STEPS = 'runs-on: ubuntu-latest, steps: [{ run: x }]';
const brief = ({ code, severity, at, job: id }: Obstacle): string =>
  `${severity} ${code} ${id} ${at.line}:${at.column}`;

const called = (permissions: string): Record<string, string> => ({
  'w.yml': `on: workflow_call\n${permissions}jobs: { b: { ${STEPS} } }`,
});

describe('calls of workflows', () => {
  const CALLED = `on:
  workflow_call:
    inputs: { os: { type: string, required: true }, dry: { type: boolean } }
    secrets: { NPM: { required: true } }
permissions: { contents: read }
jobs:
  inner: { runs-on: "\${{ inputs.os }}", steps: [{ run: x, env: { A: "\${{ secrets.NPM }}" } }] }
`;
  const files = { 'w.yml': CALLED };
  const call = (rest: string): string =>
    `on: push\njobs:\n  a:\n    permissions: { contents: write, issues: read }\n    uses: ./w.yml\n${rest}`;

  it('plans the called workflow with what it is given', async () => {
    const plan = await planOf(
      call(`    with: { os: windows-latest }\n    secrets: { NPM: "\${{ secrets.OURS }}" }\n`),
      {
        files,
      },
    );
    const [a] = plan.workflow.jobs;
    expect(a).toMatchObject({
      kind: 'call',
      secrets: ['OURS'],
      workflow: { file: 'w.yml', jobs: [{ id: 'inner', runsOn: 'windows-latest', permissions: { contents: 'read' } }] },
    });
    expect(plan.obstacles.map(brief)).toEqual(['blocks runner-unavailable a/inner 7:21']);
    expect(plan.totals).toEqual({ jobs: 1, steps: 1 });
  });

  it.each([
    ['    secrets: inherit\n', 'call-invalid', /needs the input `os`/],
    ['    with: { os: x, dry: maybe }\n    secrets: inherit\n', 'call-invalid', /`dry` of `w.yml` is true or false/],
    ['    with: { os: x, oss: y }\n    secrets: inherit\n', 'call-invalid', /no input `oss`/],
    ['    with: { os: x }\n', 'call-invalid', /needs the secret `NPM`/],
    ['    with: { os: x }\n    secrets: { NPM: a, B: c }\n', 'call-invalid', /no secret `B`/],
  ])('refuses %j', async (rest, code, message) => {
    await expect(planOf(call(rest), { files })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      at: { file: 'ci.yml' },
    });
  });

  it('refuses a workflow that cannot be called, and circles of calls', async () => {
    await expect(planOf(call(''), { files: { 'w.yml': `on: push\njobs: { b: { ${STEPS} } }` } })).rejects.toMatchObject(
      { code: 'call-invalid', at: { line: 5 } },
    );
    const circle = {
      'w.yml': 'on: workflow_call\njobs: { b: { uses: ./v.yml } }',
      'v.yml': 'on: workflow_call\njobs: { c: { uses: ./w.yml } }',
    };
    await expect(planOf(call(''), { files: circle })).rejects.toMatchObject({
      code: 'call-cyclic',
      message: expect.stringContaining('`w.yml` calls `v.yml` calls `w.yml`'),
    });
  });

  it('refuses calls that go too deep', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 14 }, (_, index) => [
        `w${index}.yml`,
        `on: workflow_call\njobs: { b: { uses: ./w${index + 1}.yml } }`,
      ]),
    );
    await expect(planOf('on: push\njobs: { a: { uses: ./w0.yml } }', { files: chain })).rejects.toMatchObject({
      code: 'call-too-deep',
    });
  });

  it('finds the local files of a remote workflow in its repository', async () => {
    const remote = {
      [`o/r@${COMMIT}:w.yml`]: 'on: workflow_call\njobs: { b: { uses: ./v.yml } }',
      [`o/r@${COMMIT}:v.yml`]: `on: workflow_call\njobs: { c: { ${STEPS} } }`,
    };
    const plan = await planOf(`on: push\njobs: { a: { uses: o/r/w.yml@${COMMIT} } }`, { files: remote });
    expect(plan.obstacles).toEqual([]);
    expect(plan.totals).toEqual({ jobs: 1, steps: 1 });
  });

  it.each([
    ['', { contents: 'write', issues: 'read' }],
    ['permissions: { contents: read }\n', { contents: 'read' }],
    ['permissions: {}\n', {}],
  ])('gives it the permissions of its caller, or less: %j', async (permissions, may) => {
    const plan = await planOf(call(''), { files: called(permissions) });
    const [a] = plan.workflow.jobs;
    expect(a?.kind === 'call' && a.workflow?.jobs[0]?.permissions).toEqual(may);
  });

  it('never gives it more than its caller has, and says so', async () => {
    const plan = await planOf(call(''), { files: called('permissions: { packages: write, contents: write }\n') });
    expect(plan.obstacles).toMatchObject([{ code: 'permissions-reduced', severity: 'degrades', at: { line: 3 } }]);
    expect(plan.obstacles[0]?.message).toContain('`packages: write`');
    expect(plan.workflow.jobs[0]).toMatchObject({ workflow: { jobs: [{ permissions: { contents: 'write' } }] } });
  });
});
