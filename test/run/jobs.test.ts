import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { write } from '../support/sluice.ts';
import { conclusions, repository, run } from './pipeline.ts';

describe('the jobs of a run', () => {
  test('a matrix from an output, with include, in at most one at a time', async () => {
    const { status, stderr, log, record } = await run(
      repository(`
on: push
jobs:
  make:
    runs-on: ubuntu-latest
    outputs: { list: "\${{ steps.l.outputs.list }}" }
    steps:
      - id: l
        run: echo 'list=["a","b"]' >> "$GITHUB_OUTPUT"
  use:
    needs: make
    runs-on: ubuntu-latest
    strategy:
      max-parallel: 1
      matrix:
        name: \${{ fromJSON(needs.make.outputs.list) }}
        include: [{ name: b, extra: more }]
    steps:
      - run: echo "\${{ matrix.name }} [\${{ matrix.extra }}] \${{ strategy.job-index }}/\${{ strategy.job-total }}"
`),
    );
    expect([stderr, status]).toEqual(['', 0]);
    expect(conclusions(record)).toEqual({ make: 'success', 'use (a)': 'success', 'use (b, more)': 'success' });
    expect(log()).toContain('a [] 0/2\n');
    expect(log()).toContain('b [more] 1/2\n');
    const [, first, second] = record.jobs;
    expect((first?.endedAt ?? 'z') <= (second?.startedAt ?? '')).toBe(true);
  });

  test('what fails fast cancels its neighbours, unless told not to', async () => {
    const workflow = (failFast: boolean): string => `
on: push
jobs:
  m:
    runs-on: ubuntu-latest
    strategy: { fail-fast: ${failFast}, matrix: { n: [1, 2] } }
    steps:
      - run: 'if [ \${{ matrix.n }} = 1 ]; then sleep 1; exit 1; fi; sleep 5'
`;
    const fast = await run(repository(workflow(true)));
    expect(conclusions(fast.record)).toEqual({ 'm (1)': 'failure', 'm (2)': 'cancelled' });
    const slow = await run(repository(workflow(false)));
    expect(conclusions(slow.record)).toEqual({ 'm (1)': 'failure', 'm (2)': 'success' });
    expect([fast.status, slow.status]).toEqual([1, 1]);
  });

  test('combinations that read the same are kept apart', async () => {
    const { status, record } = await run(
      repository(`
on: push
jobs:
  m:
    runs-on: ubuntu-latest
    strategy: { matrix: { include: [{ a: { x: 1 } }, { a: { y: 1 } }] } }
    steps: [{ run: 'true' }]
`),
    );
    expect(status).toBe(0);
    expect(conclusions(record)).toEqual({ 'm (1)': 'success', 'm (1) #2': 'success' });
  });

  test('a job that may fail lets the run pass, and jobs that need it run', async () => {
    const { status, stderr, record } = await run(
      repository(`
on: push
jobs:
  soft: { runs-on: ubuntu-latest, continue-on-error: true, steps: [{ run: exit 1 }] }
  after: { needs: soft, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`),
    );
    expect([stderr, status]).toEqual(['', 0]);
    expect(conclusions(record)).toEqual({ soft: 'failure', after: 'success' });
  });

  test('a workflow of the repository as a job: inputs, secrets, outputs', async () => {
    const folder = repository(
      `
on: push
jobs:
  call:
    uses: ./.github/workflows/inner.yml
    with: { level: 3 }
    secrets: { inner: "\${{ secrets.OUTER_TOKEN }}" }
  after:
    needs: call
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "got \${{ needs.call.outputs.answer }}"' }]
`,
      {
        '.github/workflows/inner.yml': `
on:
  workflow_call:
    inputs: { level: { type: number, required: true }, mode: { type: string, default: quick } }
    secrets: { inner: { required: true } }
    outputs: { answer: { value: "\${{ jobs.work.outputs.a }}" } }
jobs:
  work:
    runs-on: ubuntu-latest
    outputs: { a: "\${{ steps.s.outputs.a }}" }
    steps:
      - id: s
        env: { T: "\${{ secrets.inner }}", U: "\${{ secrets.OUTER_TOKEN }}" }
        run: |
          echo "level \${{ inputs.level }} \${{ inputs.mode }} \${#T} [$U] $T"
          echo "a=\${{ inputs.level }}" >> "$GITHUB_OUTPUT"
`,
        '../outer.env': 'OUTER_TOKEN=s3cr3t-value-of-the-test\n',
      },
    );
    const { status, stderr, log, record } = await run(folder, 'ci', '--secret-file', '../outer.env');
    expect([stderr, status]).toEqual(['', 0]);
    expect(conclusions(record)).toEqual({ 'call / work': 'success', after: 'success' });
    expect(log('call / work')).toBe('level 3 quick 24 [] ***\n');
    expect(log('after')).toBe('got 3\n');
  });

  test('what cannot run here cancels no neighbour, the one workflow of a push is meant, and sudo changes nobody', async () => {
    const step = `test "$(sudo -E -u root A=b sh -c 'echo $A:$(id -u)')" = "b:$(id -u)"`;
    const folder = repository(
      `
on: push
jobs:
  a:
    strategy: { matrix: { os: [windows-latest, ubuntu-latest] } }
    runs-on: "\${{ matrix.os }}"
    steps: [{ run: ${JSON.stringify(step)} }]
`,
      {
        '.github/workflows/other.yml':
          'on: pull_request_target\njobs: {b: {runs-on: ubuntu-latest, steps: [{run: "true"}]}}',
      },
    );
    const { status, record, stderr } = await run(folder);
    expect([status, stderr]).toEqual([3, '']);
    expect(conclusions(record)).toEqual({ 'a (windows-latest)': 'failure', 'a (ubuntu-latest)': 'success' });
  });

  test('only what failed runs again, on what succeeded before', async () => {
    const folder = repository(`
on: push
jobs:
  good:
    runs-on: ubuntu-latest
    outputs: { v: "\${{ steps.s.outputs.v }}" }
    steps: [{ id: s, run: 'echo "v=kept" >> "$GITHUB_OUTPUT"' }]
  bad:
    needs: good
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "\${{ needs.good.outputs.v }} $GITHUB_RUN_ATTEMPT"; test "$GITHUB_RUN_ATTEMPT" = 2' }]
`);
    expect((await run(folder)).status).toBe(1);
    write(folder, { 'new.txt': 'typed meanwhile' });
    const other = await run(folder, '--rerun-failed');
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining('what is not committed has changed')]);
    rmSync(join(folder, 'new.txt'));
    const again = await run(folder, '--rerun-failed');
    expect(again.status).toBe(0);
    expect(again.record).toMatchObject({
      id: 2,
      attempt: 2,
      rerunOf: 1,
      jobs: [{ key: 'good', reused: 1 }, { key: 'bad' }],
    });
    expect(again.log('bad')).toBe('kept 2\n');
  });

  test('--job runs a job and what it needs; mistakes are told before anything runs', async () => {
    const folder = repository(`
on: push
jobs:
  a: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  b: { needs: a, runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
  c: { runs-on: ubuntu-latest, steps: [{ run: 'true' }] }
`);
    const { status, record } = await run(folder, '--job', 'b');
    expect([status, Object.keys(conclusions(record))]).toEqual([0, ['a', 'b']]);
    const unknown = await run(folder, '--job', 'd');
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain('there is no job d');
    expect((await run(folder, 'nothing')).status).toBe(2);
  });

  test('what cannot run here says where and why, and the run is incomplete', async () => {
    const { status, stderr, stdout, record } = await run(
      repository(`
on: push
jobs:
  windows: { runs-on: windows-latest, steps: [{ run: dir }] }
  tag: { runs-on: ubuntu-latest, steps: [{ uses: someone/action@v1 }] }
`),
    );
    expect([stderr, status]).toEqual(['', 3]);
    expect(conclusions(record)).toEqual({ windows: 'failure', tag: 'failure' });
    expect(stdout).toContain('ci.yml:4');
    expect(stdout).toContain('it needs Windows');
    expect(stdout).toContain('ci.yml:5');
    expect(stdout).toContain('named by `v1` and not by a commit');
  });
});
