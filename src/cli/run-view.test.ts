import { expect, test } from 'vitest';
import type { RunLogEvent, RunRecord } from '#app/run.ts';
import { liveView, sizeOf } from './run-live.ts';
import { summaryOf } from './run-summary.ts';
import { plainView, seconds, shown, stepLabel } from './run-view.ts';

const terminal = { color: false, width: 60, interactive: true };
const at = '2026-11-24T12:00:00.000Z';
const event = (rest: object): RunLogEvent => ({ at, run: 1, ...rest }) as RunLogEvent;

test('lines stand behind the name of their job, also when jobs speak at once and in pieces', () => {
  const lines: string[] = [];
  const view = plainView((text) => void lines.push(text), terminal);
  const log = (job: string, text: string): void => view.show(event({ type: 'log', job, step: 1, text }));
  log('a', 'one\ntw');
  log('b', 'other\n');
  log('a', 'o\nlast');
  view.show(event({ type: 'step-ended', job: 'a', step: 1, outcome: 'success', conclusion: 'success', ms: 1500 }));
  expect(lines.join('')).toBe('[a] one\n[b] other\n[a] two\n[a] last\n[a] ✓ success in 1.5 s\n');
});

test('what a step prints moves no cursor and changes no title; its colours stay', () => {
  expect(shown('a\u001b[2Jb\u001b]0;title\u0007c\u001b[31md\r\u009b5A')).toBe('a[2Jb]0;titlec\u001b[31md5A\u001b[0m');
});

function drawing(columns: number, rows: number) {
  const written: string[] = [];
  const clock = { now: 0 };
  const view = liveView(
    (more) => void written.push(more),
    false,
    () => ({ columns, rows }),
    () => clock.now,
  );
  return { view, clock, text: () => written.join('') };
}

test('jobs are drawn in one place, no higher than the terminal, and once more at the end', () => {
  const { view, clock, text } = drawing(60, 4);
  for (const job of ['a', 'b', 'c', 'd', 'e']) view.show(event({ type: 'job-started', job, name: job }));
  view.show(event({ type: 'step-started', job: 'b', step: 1, name: 'Run tests' }));
  clock.now = 61_000;
  view.close();
  const last = text();
  const [, first = ''] = last.split('\u001b[2K');
  expect(first).toBe('▸ a  1 min 1 s\n');
  expect(last.split('\n')).toHaveLength(4);
  expect(last).toContain('and 3 more');
  view.close();
  view.show(event({ type: 'job-ended', job: 'a', conclusion: 'success', ms: 1 }));
  expect(text()).toBe(last);
});

test('jobs stand in the order of their needs and say what they wait for, in lines that never wrap', async () => {
  const { view, text } = drawing(26, 10);
  const jobs = [
    { id: 'deploy', needs: ['test', 'lint'] },
    { id: 'test', needs: [] },
    { id: 'lint', needs: [] },
  ];
  view.show(event({ type: 'run-started', version: 1, workflow: 'ci.yml', event: 'push', trusted: true, jobs }));
  view.show(event({ type: 'job-started', job: 'test (a)', name: 'test' }));
  const name = `Run actions/checkout@${'a'.repeat(40)}`;
  view.show(event({ type: 'step-started', job: 'test (a)', step: 1, name }));
  view.show(event({ type: 'job-ended', job: 'lint', conclusion: 'success', ms: 1 }));
  await expect.poll(text).toContain('waits for test');
  const lines = text().split('\n');
  expect(lines.map((line) => line.split('\u001b[2K')[1]).slice(0, 3)).toEqual([
    expect.stringMatching(/^▸ test \(a\) {2}0\.\d s .*…$/),
    expect.stringMatching(/^✓ lint {2}0\.\d s$/),
    '○ deploy  waits for test',
  ]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor has no width.
  for (const line of lines) expect([...line.replaceAll(/\u001b\[[0-9]*[A-Z]\r?/g, '')].length).toBeLessThan(27);
  view.close();
});

test('a terminal that knows no size is taken for a usual one', () => {
  expect(sizeOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
});

test('marks of a log are said in words, one line for each line', () => {
  const lines: string[] = [];
  const view = plainView((text) => void lines.push(text), terminal);
  view.show(event({ type: 'log', job: 'a', step: 1, text: '##[group]Build\nx\n##[endgroup]\n##[error]no\n' }));
  expect(lines.join('')).toBe('[a] ▾ Build\n[a] x\n[a] error: no\n');
});

test.each([
  [`Run actions/checkout@${'ab12'.repeat(10)}`, 'actions/checkout@ab12ab1'],
  ['Post Run actions/cache/save@v4', 'Post actions/cache/save@v4'],
  ['Run npm test', 'Run npm test'],
])('%s', (name, label) => expect(stepLabel(name)).toBe(label));

test('the summary says why a job failed, and what shows more', () => {
  const step = { number: 1, name: 'Run make', outcome: 'failure', conclusion: 'failure', ms: 1, log: 'logs/1/01.log' };
  const annotations = [
    { level: 'warning', message: 'old' },
    { level: 'error', message: 'broken\nmore', file: 'a.c', line: 3 },
  ];
  const job = { key: 'b', id: 'b', name: 'b', conclusion: 'failure', startedAt: at, endedAt: at, outputs: {} };
  const record = {
    ...{ id: 4, conclusion: 'failure', trusted: true, driver: { name: 'bubblewrap', version: '1' } },
    jobs: [{ ...job, steps: [step], annotations, problems: [], refused: true, notRun: false }],
    ...{ artifacts: [], problems: [] },
  } as unknown as RunRecord;
  const text = summaryOf(record, false, (log) => [log, '##[error]Process completed with exit code 2.']);
  expect(text).toMatchInlineSnapshot(`
    "
    ✗ b  0.0 s  the gate refused
        ✗ Run make
          │ logs/1/01.log
          │ error: Process completed with exit code 2.
        error: a.c:3: broken
        warning: old

    Run 4: failure. \`sluice runs logs 4 --failed\` shows the whole logs of what failed.
    "
  `);
});

test.each([
  [950, '0.9 s'],
  [59_999, '60.0 s'],
  [125_000, '2 min 5 s'],
])('%i ms', (ms, said) => expect(seconds(ms)).toBe(said));
