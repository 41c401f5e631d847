import { expect, test } from 'vitest';
import type { RunLogEvent } from '#app/run.ts';
import { liveView, plainView, seconds, shown } from './run-view.ts';

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

test('jobs are drawn in one place, no higher than the terminal, and once more at the end', () => {
  const written: string[] = [];
  let now = 0;
  const view = liveView(
    (more) => void written.push(more),
    terminal,
    4,
    () => now,
  );
  for (const job of ['a', 'b', 'c', 'd', 'e']) view.show(event({ type: 'job-started', job, name: job }));
  view.show(event({ type: 'step-started', job: 'b', step: 1, name: 'Run tests' }));
  now = 61_000;
  view.close();
  const text = written.join('');
  const [, first = ''] = text.split('\u001b[2K');
  expect(first).toBe('▸ a  1 min 1 s\n');
  expect(text.split('\n')).toHaveLength(4);
  expect(text).toContain('and 3 more');
  view.close();
  expect(written.join('')).toBe(text);
});

test.each([
  [950, '0.9 s'],
  [59_999, '60.0 s'],
  [125_000, '2 min 5 s'],
])('%i ms', (ms, said) => expect(seconds(ms)).toBe(said));
