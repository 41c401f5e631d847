import { readFileSync } from 'node:fs';

/*
 * Reads vitest's JSON results and ends with one plain line: `N passed, N failed, N skipped`. Fails when a test failed or
 * was skipped, when a file could not be loaded, and when there was no test at all (an empty file: vitest did not get that far).
 */

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const [file = ''] = process.argv.slice(2);
const NONE = '{"numPassedTests":0,"numFailedTests":0,"numPendingTests":0,"numTodoTests":0,"testResults":[]}';
const results = JSON.parse(readFileSync(file, 'utf8') || NONE) as Results;
const skipped = results.numPendingTests + results.numTodoTests;
const broken = results.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);

for (const { assertionResults } of results.testResults) {
  for (const { fullName, status } of assertionResults) {
    if (status === 'skipped' || status === 'pending' || status === 'todo') console.log(`skipped: ${fullName}`);
  }
}
for (const { name } of broken) console.log(`could not be loaded: ${name}`);

const failed = results.numFailedTests + broken.length;
if (failed > 0 || skipped > 0 || results.numPassedTests === 0) process.exitCode = 1;
console.log(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
