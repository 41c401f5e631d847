import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commit } from '../support/repository.ts';
import { type Attacked, expression, job, type Lab, openLab, stepsOf } from './lab.ts';

/* What is made to take all memory, time or disk of whoever runs it, or to speak to a terminal. */

const MiB = 2 ** 20;
const SECONDS = 1_000;

describe('a workflow that is larger than it looks', () => {
  const bomb = (levels: number): string => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let at = 1; at < levels; at += 1)
      lines.push(
        `a${at}: &a${at} [${Array(9)
          .fill(`*a${at - 1}`)
          .join(', ')}]`,
      );
    return `on: push\nx: {${lines.join(', ')}}\njobs: { one: { runs-on: ubuntu-latest, steps: [{ run: echo ran }] } }\n`;
  };
  const workflow = (more: object): string => JSON.stringify({ on: 'push', ...more });
  const list = (length: number): number[] => Array.from({ length }, (_, index) => index);

  test.each([
    ['aliases of aliases', bomb(9)],
    ['nested deep', `on: push\njobs: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`],
    ['two mebibytes', `${workflow({ jobs: { one: job('echo ran') } })}${' '.repeat(2 * MiB)}`],
    [
      'ten thousand jobs of a matrix',
      workflow({ jobs: { one: { ...job('echo ran'), strategy: { matrix: { a: list(100), b: list(100) } } } } }),
    ],
    [
      'a matrix that is only known later',
      workflow({
        jobs: {
          one: {
            ...job('echo ran'),
            strategy: { matrix: expression(`fromJSON('${JSON.stringify({ a: list(100), b: list(100) })}')`) },
          },
        },
      }),
    ],
    [
      'an expression that is nested deep',
      workflow({ jobs: { one: job(`echo ${expression(`${'('.repeat(5_000)}1${')'.repeat(5_000)}`)}`) } }),
    ],
    [
      'a text that doubles',
      workflow({
        jobs: {
          one: job(
            `echo ran ${expression(list(40).reduce((text) => `format('{0}{0}', ${text})`, "'xxxxxxxxxx'"))} | wc -c`,
          ),
        },
      }),
    ],
  ])('is refused soon: %s', async (_, text) => {
    const lab = openLab({ secrets: {}, jobs: {} });
    commit(lab.folder, { '.github/workflows/ci.yml': text }, 'bomb');
    const started = performance.now();
    const ended = await lab.sluice('run', 'ci', '--no-watch');
    expect(performance.now() - started).toBeLessThan(20 * SECONDS);
    expect(ended.signal).toBeNull();
    expect([1, 2, 3]).toContain(ended.status);
    expect(ended.stdout).not.toMatch(/\] ran/);
    // A defect would show where it happened.
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});

const TERMINAL = `printf '\\033]0;TITLE\\007\\033[2J\\033]52;c;Y2xpcA==\\007\\033[31mred\\033[0m\\233evil\\r\\033[1Aover\\n'`;

describe('a step that says too much', () => {
  const FLOOD = 280;
  let lab: Lab;
  let attacked: Attacked;
  const CASES = {
    'lines without end': `yes ${'x'.repeat(80)} | head -c ${FLOOD * MiB}`,
    'one line': `head -c ${20 * MiB} /dev/zero | tr '\\0' 'x'`,
    annotations: 'for i in $(seq 3000); do echo "::error::number $i"; done',
    'values for later':
      'head -c 20000000 /dev/zero | tr "\\0" x >> "$GITHUB_OUTPUT"; echo "A=$(head -c 9000000 /dev/zero | tr "\\0" x)" >> "$GITHUB_ENV"',
    'a summary': 'head -c 20000000 /dev/zero | tr "\\0" x >> "$GITHUB_STEP_SUMMARY"',
    'and the job goes on': 'echo "goes on"',
  };

  beforeAll(async () => {
    const steps = Object.entries(CASES).flatMap(([name, run]) => stepsOf(name, [run]));
    lab = openLab({ secrets: {}, jobs: { one: job(...steps) } });
    // Drawing, so that this test need not hold what is printed.
    attacked = await lab.run({ args: ['--watch'] });
  }, 120 * SECONDS);

  test('keeps so much of it, and no more', () => {
    const files = attacked.record.jobs.flatMap(({ steps }) => steps.map(({ name, log }) => ({ name, log })));
    const size = (name: string): number =>
      statSync(join(lab.folder, '.sluice/runs', String(attacked.id), files.find((one) => one.name === name)?.log ?? ''))
        .size;
    expect(size('lines without end')).toBeGreaterThan(63 * MiB);
    expect(size('lines without end')).toBeLessThan(65 * MiB);
    expect(size('one line')).toBeGreaterThan(19 * MiB);
    expect(attacked.record.jobs.find(({ id }) => id === 'one')?.annotations.length).toBeLessThan(1_100);
    expect(attacked.step('and the job goes on')).toContain('goes on\n');
    expect(attacked.step('values for later')).toContain('##[error]');
  });
});

test('what a job says moves no terminal; colours stay', async () => {
  const evil = '\u001b]0;TITLE\u0007evil';
  const upload = { uses: 'actions/upload-artifact@v4', with: { name: `artifact ${evil}`, path: 'f' } };
  const lab = openLab({
    secrets: {},
    jobs: {
      one: { ...job(TERMINAL, 'echo > f', upload, { name: `named ${evil}`, run: 'exit 1' }), name: `job ${evil}` },
      two: { ...job('echo fine'), strategy: { matrix: { of: [evil] } } },
    },
  });
  const runs = [
    await lab.run(),
    await lab.run({ args: ['--watch'] }),
    await lab.sluice('runs', 'show'),
    await lab.sluice('runs', 'logs'),
  ];
  expect(runs[0]?.stdout).toContain('\u001b[31mred\u001b[0m');
  for (const { stdout } of runs) {
    expect(stdout).toContain('evil');
    // What our own drawing needs: up so many lines, and a line made empty.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    const rest = stdout.replaceAll(/\u001b\[(?:[0-9;]*m|\d+A\r?|2?K|[0J])/g, '');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
});
