import { expect, it } from 'vitest';
import { excerptOf } from './gather.ts';

const lines = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);

it('cuts the lines around a match out, and tells where they and the match are', () => {
  const text = Buffer.from(`${lines.join('\n')}\n`);
  const start = text.indexOf('line 10');
  const hit = { start, end: start + 7, secretStart: start + 5, secretEnd: start + 7 };
  const { firstLine, bytes, match, secret } = excerptOf(text, 1, hit);
  expect(firstLine).toBe(7);
  expect(bytes.toString()).toBe(lines.slice(6, 13).join('\n'));
  expect(bytes.toString('utf8', match.start, match.end)).toBe('line 10');
  expect(bytes.toString('utf8', secret.start, secret.end)).toBe('10');
});

it('keeps excerpts of long lines short', () => {
  const text = Buffer.from(`${'x'.repeat(50_000)}secret${'y'.repeat(50_000)}`);
  const excerpt = excerptOf(text, 5, { start: 50_000, end: 50_006, secretStart: 50_000, secretEnd: 50_006 });
  expect(excerpt.bytes.length).toBeLessThan(5000);
  expect(excerpt.firstLine).toBe(5);
  expect(excerpt.bytes.toString('utf8', excerpt.match.start, excerpt.match.end)).toBe('secret');
});
