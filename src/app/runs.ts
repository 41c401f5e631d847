import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { RunRecord } from '#pipeline/run/record.ts';
import { RunStore, stateOf } from '#pipeline/run/store.ts';
import { repositoryOf } from './repository.ts';

/** A run in a list. */
export interface KeptRun {
  readonly id: number;
  readonly state: string;
  readonly workflow: string;
  readonly event: string;
  /** The short commit. */
  readonly source: string;
  readonly startedAt: string;
  readonly ms?: number;
}

const storeOf = (folder: string): RunStore => new RunStore(join(repositoryOf(folder), '.sluice'));

/** The runs of the repository that a folder lies in, the newest first. */
export const keptRuns = (folder: string): readonly KeptRun[] =>
  storeOf(folder)
    .list()
    .map((record) => ({
      ...{ id: record.id, state: stateOf(record), workflow: record.workflow.file, event: record.event.name },
      ...{ source: record.source.sha.slice(0, 12), startedAt: record.startedAt },
      ...(record.endedAt === undefined ? {} : { ms: Date.parse(record.endedAt) - Date.parse(record.startedAt) }),
    }));

/** @throws SluiceError `run-not-found` */
export const runShown = (folder: string, id: number | undefined): RunRecord => storeOf(folder).get(id).record;

/**
 * The logs of the steps of a run, one at a time.
 *
 * @throws SluiceError `run-not-found`, `job-unknown`
 */
export function* logsOf(
  folder: string,
  id: number | undefined,
  { job, failed }: { readonly job: string | undefined; readonly failed: boolean },
): Generator<{ readonly name: string; readonly text: string }> {
  const { record, path } = storeOf(folder).get(id);
  const jobs = record.jobs.filter((one) => job === undefined || one.key === job || one.id === job);
  if (job !== undefined && jobs.length === 0) {
    const hint = `There are: ${record.jobs.map(({ key }) => key).join(', ')}.`;
    throw new SluiceError('job-unknown', `run ${record.id} has no job ${job}`, { hint });
  }
  for (const one of jobs) {
    for (const step of one.steps) {
      if (step.log === undefined || (failed && step.conclusion !== 'failure')) continue;
      yield { name: `${one.key} / ${step.name}`, text: readLog(join(path, step.log)) };
    }
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch {
    return '(the log is gone)';
  }
}

const LAST_BYTES = 16 * 1024;
const LAST_LINES = 8;

/** The last lines of the logs of a run, by their path in its folder: those that usually say why a step failed. */
export const lastLinesOf = (folder: string, id: number): ((log: string) => readonly string[]) =>
  lastLinesIn(storeOf(folder).get(id).path);

/** As {@link lastLinesOf}, for the folder of a run. Only the end of a log is read. */
export const lastLinesIn =
  (run: string) =>
  (log: string): readonly string[] => {
    const lines = endOf(join(run, log)).replaceAll(/##\[group\]Run [\s\S]*?##\[endgroup\]\n/g, '');
    return lines
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('##[endgroup]'))
      .slice(-LAST_LINES);
  };

function endOf(file: string): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, LAST_BYTES));
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, size - buffer.length));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
