import { expect, test } from 'vitest';
import { steadyClock } from './run-clock.ts';

test('time goes on from where it began by what has passed, whatever the clock of the machine says', () => {
  let elapsed = 500;
  const now = steadyClock(new Date('2026-11-24T12:00:00.000Z'), () => elapsed);
  expect(now().toISOString()).toBe('2026-11-24T12:00:00.000Z');
  elapsed = 2_000;
  expect(now().toISOString()).toBe('2026-11-24T12:00:01.500Z');
});
