import { expect, test } from 'vitest';
import { memoryRef, refsOf, scanFiles, scanRefs } from './fixture.ts';

const limits = { budgetMs: 60_000 };
const after = (ms: number): AbortSignal => AbortSignal.timeout(ms);

test('a hanging worker does not delay the end, and what was found is kept', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`f${index + 100}`, index === 250 ? 'HANG' : `BAD(${index})`]),
  );
  const started = performance.now();
  const result = await scanFiles(files, { count: 2, limits, signal: after(1_500) });
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(result.interrupted).toBe(true);
  expect(result.findings.length).toBeGreaterThanOrEqual(128);
  expect(result.findings.length).toBeLessThan(299);
});

test('a listing that never ends is left', async () => {
  async function* forever() {
    yield refsOf({ a: 'BAD(1)' });
    await new Promise(() => undefined);
  }
  for (const count of [0, 1]) {
    const result = await scanRefs([], { refs: forever(), count, limits, signal: after(100) });
    expect(result.interrupted).toBe(true);
  }
});

test('a read that never ends is left in this thread, too', async () => {
  const result = await scanRefs([memoryRef('a.never', '')], { limits, signal: after(100) });
  expect(result.interrupted).toBe(true);
});

test('a signal that came before the scan stops it at once', async () => {
  const result = await scanFiles({ a: 'BAD(1)' }, { count: 1, signal: AbortSignal.abort() });
  expect(result).toMatchObject({ interrupted: true, findings: [] });
});

test('a scan that was not stopped is not interrupted', async () => {
  const result = await scanFiles({ a: 'BAD(1)' }, { signal: new AbortController().signal });
  expect(result).toMatchObject({ interrupted: false });
  expect(result.findings).toHaveLength(1);
});

test('a worker that cannot start fails the scan', async () => {
  const entry = new URL('./no-such-file.ts', import.meta.url);
  await expect(scanFiles({ a: '' }, { workers: { entry, count: 1 } } as never)).rejects.toThrow(/no-such-file/);
});
