import { readFileSync } from 'node:fs';
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
