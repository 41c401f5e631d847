import { describe, expect, test } from 'vitest';
import { conclusions, events, repository, run } from './pipeline.ts';

describe('the steps of a job', () => {
  test('env comes in layers, and what a step sets holds for those after it', async () => {
    const { status, stderr, log } = await run(
      repository(`
on: push
env: { A: workflow, B: workflow, C: workflow, D: workflow }
jobs:
  one:
    runs-on: ubuntu-latest
    env: { B: job, C: job, D: job }
    steps:
      - env: { C: step, E: "\${{ env.A }}-\${{ env.B }}" }
        run: echo "1 $A $B $C $D $E"
      - run: |
          echo "D=set" >> "$GITHUB_ENV"
          printf 'M<<X\\nline one\\nline two\\nX\\n' >> "$GITHUB_ENV"
          echo "NODE_OPTIONS=--require=/workspace/evil" >> "$GITHUB_ENV"
          echo "GITHUB_REPOSITORY=evil/evil" >> "$GITHUB_ENV"
          mkdir -p bin; printf '#!/bin/sh\\necho from-path\\n' > bin/mine; chmod +x bin/mine
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - env: { C: step }
        run: |
          echo "2 $A $B $C $D"; echo "$M"; mine; echo "[$NODE_OPTIONS] $GITHUB_REPOSITORY"
`),
    );
    expect([stderr, status]).toEqual(['', 0]);
    expect(log()).toContain('1 workflow job step job workflow-job\n');
    expect(log()).toContain('2 workflow job step set\nline one\nline two\nfrom-path\n[] local/repository\n');
    expect(log()).toContain('##[error]NODE_OPTIONS cannot be set');
  });

  test('outputs, failure, always, continue-on-error, outcome and conclusion', async () => {
    const { status, stderr, log, record } = await run(
      repository(`
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    outputs: { v: "\${{ steps.out.outputs.v }}" }
    steps:
      - id: out
        run: echo "v=1" >> "$GITHUB_OUTPUT"
      - id: soft
        continue-on-error: true
        run: exit 3
      - run: echo "soft \${{ steps.soft.outcome }} \${{ steps.soft.conclusion }} \${{ job.status }}"
      - id: hard
        run: exit 4
      - run: echo never
      - if: failure()
        run: echo "failed \${{ steps.hard.outcome }} \${{ job.status }}"
      - if: always() && steps.out.outputs.v == '1'
        run: echo always
      - if: success()
        run: echo never
  two:
    needs: one
    runs-on: ubuntu-latest
    steps: [{ run: echo never }]
  three:
    needs: [one, two]
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "one \${{ needs.one.result }} \${{ needs.one.outputs.v }} two \${{ needs.two.result }}"' }]
  four:
    needs: three
    runs-on: ubuntu-latest
    steps: [{ run: echo never }]
  five:
    needs: three
    if: failure()
    runs-on: ubuntu-latest
    steps: [{ run: echo an ancestor failed }]
`),
    );
    expect([stderr, status]).toEqual(['', 1]);
    expect(conclusions(record)).toEqual({
      one: 'failure',
      two: 'skipped',
      three: 'success',
      four: 'skipped',
      five: 'success',
    });
    expect(log('one')).toContain('soft failure success success\n');
    expect(log('one')).toContain('failed failure failure\nalways\n');
    expect(log()).not.toContain('never');
    expect(log('three')).toBe('one failure 1 two skipped\n');
    expect(record.jobs[0]?.steps.map(({ outcome, conclusion }) => `${outcome} ${conclusion}`)).toEqual([
      ...['success success', 'failure success', 'success success', 'failure failure'],
      ...['skipped skipped', 'success success', 'success success', 'skipped skipped'],
    ]);
  });

  test('shells, their flags, and where they start', async () => {
    const { status, stderr, log } = await run(
      repository(`
on: push
defaults: { run: { working-directory: sub } }
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - run: mkdir -p sub other
        working-directory: .
      - run: 'false | true; echo "implicit $(basename $PWD)"'
      - id: pipe
        continue-on-error: true
        shell: bash
        run: 'false | true; echo never'
      - shell: sh
        run: 'echo "sh $0" | sed s:/.*step:step:'
      - shell: python
        run: |
          import os
          print("python", os.path.basename(os.getcwd()))
      - shell: node
        run: console.log('node', process.argv.length)
      - shell: perl {0}
        run: print "perl\\n";
        working-directory: other
      - shell: cmd
        continue-on-error: true
        run: dir
`),
    );
    expect([stderr, status]).toEqual(['', 0]);
    expect(log()).toContain('implicit sub\n');
    expect(log()).not.toContain('never');
    expect(log()).toContain('sh step-4.sh\npython sub\nnode 2\nperl\n');
    expect(log()).toContain('on Windows only');
  });

  test('a step that takes too long fails; a job that does is cancelled, and says so', async () => {
    const { status, stderr, log, record } = await run(
      repository(`
on: push
jobs:
  step:
    runs-on: ubuntu-latest
    steps:
      - timeout-minutes: 0.02
        run: trap 'exit 0' INT; sleep 60 & wait
      - if: failure()
        run: echo cleaned
  job:
    runs-on: ubuntu-latest
    timeout-minutes: 0.02
    steps:
      - run: trap 'exit 0' INT; sleep 60 & wait
      - run: echo never
      - if: cancelled()
        run: echo was cancelled
`),
    );
    expect([stderr, status]).toEqual(['', 1]);
    expect(conclusions(record)).toEqual({ step: 'failure', job: 'cancelled' });
    expect(log('step')).toContain('cleaned\n');
    expect(log('job')).toContain('was cancelled\n');
    expect(log('job')).not.toContain('never');
  });

  test('the stream of events has a line for each, and the log of steps in it', async () => {
    const { status, stderr, stdout } = await run(
      repository(
        'on: push\njobs:\n  one:\n    runs-on: ubuntu-latest\n    steps: [{ run: "echo hello; echo ::error file=a.js,line=2::broken" }]\n',
      ),
      '--json',
    );
    expect([stderr, status]).toEqual(['', 0]);
    const all = events(stdout);
    expect(all.map(({ type }) => type).filter((type) => !['log', 'seen', 'problem'].includes(type))).toEqual([
      ...['run-started', 'job-started', 'step-started', 'annotation', 'step-ended', 'job-ended', 'run-ended'],
    ]);
    expect(all.flatMap((event) => (event.type === 'log' ? [event.text] : [])).join('')).toContain('hello\n');
    expect(all.find((event) => event.type === 'annotation')).toMatchObject({
      annotation: { level: 'error', message: 'broken', file: 'a.js', line: 2 },
    });
  });
});
