import { expect, test } from 'vitest';
import { planReports, type ReportOptions } from './report-plan.ts';

const plan = (options: ReportOptions): string[] =>
  planReports(options).map(({ format, file }) => `${format.name} > ${file ?? 'standard output'}`);

test.each<[ReportOptions, string[]]>([
  [{}, ['text > standard output']],
  [{ json: true }, ['json > standard output']],
  [{ output: 'r.txt' }, ['text > r.txt']],
  [{ format: ['text', 'json=r.json'] }, ['text > standard output', 'json > r.json']],
  [{ format: ['text', 'json=r.json'], quiet: true }, ['json > r.json']],
  [{ quiet: true }, []],
  [{ format: ['json=a=b.json'] }, ['json > a=b.json']],
])('%j', (options, expected) => {
  expect(plan(options)).toEqual(expected);
});

test('an unknown format is answered with the known ones', () => {
  expect(() => plan({ format: ['yaml'] })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('text, json') }),
  );
});

test('two reports in one place are refused', () => {
  expect(() => plan({ format: ['text', 'json'] })).toThrow('two reports would go to standard output');
  expect(() => plan({ format: ['text', 'json'], output: 'x' })).toThrow('two reports would go to x');
  expect(() => plan({ format: ['text=a/../x', 'json=./x'] })).toThrow('two reports would go to ./x');
});

test('a file must be named', () => {
  expect(() => plan({ format: ['json='] })).toThrow('names no file');
});
