import { expect, test } from 'vitest';
import { SluiceError } from '#core/error.ts';
import { failureOf } from './failure.ts';

test('a mistake of the user is told with its place and what to do, and exits 2', () => {
  const at = { file: 'sluice.yaml', line: 3, column: 7 };
  const error = new SluiceError('config-invalid', 'unknown key `rulez`', { at, hint: 'Did you mean `rules`?' });
  expect(failureOf(error)).toEqual({
    text: 'sluice: sluice.yaml:3:7: unknown key `rulez`\n  Did you mean `rules`?\n',
    exitCode: 2,
  });
});

test('control characters in a path do not reach the terminal', () => {
  const { text } = failureOf(new SluiceError('path-not-found', 'there is no \u001B]0;owned\u0007\u001B[31m\nfile'));
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});

test('anything else is a defect of ours, with its stack, and exits 70', () => {
  const { text, exitCode } = failureOf(new TypeError('x is not a function'));
  expect(exitCode).toBe(70);
  expect(text).toContain('TypeError: x is not a function');
  expect(text).toContain('failure.test.ts');
});
