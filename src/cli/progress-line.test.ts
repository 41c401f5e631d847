import { expect, test } from 'vitest';
import { progressLine, progressText } from './progress-line.ts';

test('shows how far it is, or how much it has done where nobody knows the end', () => {
  expect(progressText({ phase: 'reading files', done: 50, total: 200 }, 80)).toBe(
    '[██████──────────────────]  25 % reading files 50/200',
  );
  expect(progressText({ phase: 'listing files', done: 12 }, 80)).toBe('listing files 12');
});

test('never wraps, and never shows more than all', () => {
  expect(progressText({ phase: 'reading files', done: 5, total: 2 }, 20)).toHaveLength(19);
  expect(progressText({ phase: 'x', done: 5, total: 2 }, 80)).toContain('100 %');
  expect(progressText({ phase: 'x', done: 0, total: 0 }, 80)).toContain('100 %');
});

test('draws at most every 80 ms, and leaves nothing behind', () => {
  let now = 0;
  let written = '';
  const line = progressLine({ write: (text) => (written += text), columns: 80 }, () => now);
  line.show({ phase: 'a', done: 1 });
  line.show({ phase: 'a', done: 2 });
  now = 80;
  line.show({ phase: 'a', done: 3 });
  line.clear();
  line.clear();
  expect(written).toBe('\r\u001B[Ka 1\r\u001B[Ka 3\r\u001B[K');
});
