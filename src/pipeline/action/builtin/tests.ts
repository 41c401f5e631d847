import { StepFailure, type StepRun } from '../../run/job-state.ts';
import { findFiles } from '../find-files.ts';
import { parsePatterns } from '../glob.ts';
import type { Inputs } from '../inputs.ts';
import { readInside } from '../inside.ts';
import { readJunit } from '../junit.ts';

const MOST_REPORTS = 1_000;
const MOST_BYTES = 32 * 2 ** 20;
const SHOWN = 20;

/** The results of tests, for the statement about them. Names are masked. */
export interface JobTests {
  /** Which tests: the input `name`. */
  readonly name: string;
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly finishedOn: string;
}

/**
 * `uses: sluice/tests`: reads the reports that a test runner wrote into the workspace, and keeps what they say as evidence.
 * No report, or none with a test in it, is a failure: silence is no success.
 */
export function testsStep(step: StepRun, inputs: Inputs): void {
  const { masker, report, services, layout } = step.job;
  const { passed, failed, skipped } = gather(step, inputs['report'] ?? '', layout.workspace);
  if (passed.length + failed.length === 0) throw new StepFailure('The reports hold no test that ran.');
  const masked = (names: readonly string[]): readonly string[] => names.map((name) => masker.mask(name)).toSorted();
  const tests: JobTests = {
    name: inputs['name'] || 'tests',
    passed: masked(passed),
    failed: masked(failed),
    finishedOn: services.now().toISOString(),
  };
  report.evidence('tests', tests);
  step.outputs.set('passed', String(passed.length));
  step.outputs.set('failed', String(failed.length));
  step.log.line(`${passed.length} tests passed, ${failed.length} failed, ${skipped.length} were skipped.`);
  for (const name of tests.failed.slice(0, SHOWN)) step.log.line(`  failed: ${name}`);
  if (failed.length > 0) throw new StepFailure(`${failed.length} tests failed.`);
}

function gather(
  step: StepRun,
  input: string,
  place: StepRun['job']['layout']['workspace'],
): Record<'passed' | 'failed' | 'skipped', string[]> {
  if (input.trim() === '')
    throw new StepFailure('The input `report` is missing: the paths of the reports, in JUnit’s XML.');
  const patterns = parsePatterns(input, place.inside, step.job.layout.home.inside);
  const files = findFiles(place, patterns, { hidden: true, descend: true }).filter(({ kind }) => kind === 'file');
  if (files.length === 0) throw new StepFailure('No report was found at the paths that `report` names.');
  if (files.length > MOST_REPORTS) throw new StepFailure(`More than ${MOST_REPORTS} reports were found.`);
  const all = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] };
  for (const { path, inside } of files) {
    const content = readInside(place.host, path, MOST_BYTES);
    const cases = content === undefined ? undefined : readJunit(content.toString('utf8'));
    if (cases === undefined) throw new StepFailure(`${inside} is no report in JUnit’s XML that can be read.`);
    for (const ended of ['passed', 'failed', 'skipped'] as const)
      for (const name of cases[ended]) all[ended].push(name);
  }
  return all;
}
