import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'sluice-count-'));
afterAll(() => rmSync(folder, { recursive: true }));

function count(statuses: readonly string[], fileStatus = 'passed'): { status: number | null; lines: string[] } {
  const file = join(folder, 'results.json');
  const of = (wanted: string): number => statuses.filter((status) => status === wanted).length;
  writeFileSync(
    file,
    JSON.stringify({
      numPassedTests: of('passed'),
      numFailedTests: of('failed'),
      numPendingTests: of('skipped'),
      numTodoTests: of('todo'),
      testResults: [
        {
          name: 'a.test.ts',
          status: fileStatus,
          assertionResults: statuses.map((status) => ({ fullName: 'a', status })),
        },
      ],
    }),
  );
  const { status, stdout } = spawnSync('node', ['tools/count-tests.ts', file], { encoding: 'utf8' });
  return { status, lines: stdout.trimEnd().split('\n') };
}

test('passes when every test passed', () => {
  expect(count(['passed', 'passed'])).toEqual({ status: 0, lines: ['2 passed, 0 failed, 0 skipped'] });
});

test.each([
  ['a failed test', ['passed', 'failed'], 'passed', '1 passed, 1 failed, 0 skipped'],
  ['a skipped test', ['passed', 'skipped'], 'passed', '1 passed, 0 failed, 1 skipped'],
  ['a test to be written', ['passed', 'todo'], 'passed', '1 passed, 0 failed, 1 skipped'],
  ['a file that does not load', [], 'failed', '0 passed, 1 failed, 0 skipped'],
  ['no test at all', [], 'passed', '0 passed, 0 failed, 0 skipped'],
] as const)('%s fails the run', (_name, statuses, fileStatus, line) => {
  const { status, lines } = count(statuses, fileStatus);
  expect(status).toBe(1);
  expect(lines.at(-1)).toBe(line);
});

test('results that were never written fail the run with the same line', () => {
  const file = join(folder, 'empty.json');
  writeFileSync(file, '');
  const { status, stdout } = spawnSync('node', ['tools/count-tests.ts', file], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stdout).toBe('0 passed, 0 failed, 0 skipped\n');
});
