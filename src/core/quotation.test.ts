import { expect, test } from 'vitest';
import { withoutKeys } from './quotation.ts';

test('what looks like a credential is masked, wherever it stands', () => {
  const key = `gh${'p_'}${'a1B2'.repeat(9)}`;
  expect(withoutKeys(`unknown key \`${key}\` in "${key}"`, [])).toBe('unknown key `ghp_********` in "ghp_********"');
  expect(withoutKeys(`x/${'Ab'.repeat(20)}`, [])).toBe('x/AbAb********');
});

test('words, numbers and paths stay as they are', () => {
  const message = 'src/secrets-and-policies/a1.yaml:12:3: unknown key `maxArchiveFileSizes` (33554432000000000 bytes)';
  expect(withoutKeys(message, [])).toBe(message);
});

test('what the user typed may be repeated', () => {
  const message = 'there is no file /builds/release-2026-11-24-a/sluice.yaml';
  expect(withoutKeys(message, ['--config=/builds/release-2026-11-24-a/sluice.yaml'])).toBe(message);
});
