import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunLogEvent, RunRecord } from '#pipeline/run/record.ts';
import { type Ended, project, sluice, write } from '../support/sluice.ts';

type Files = Readonly<Record<string, string>>;

const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: folder, env: { ...process.env, HOME: folder } })
    .toString()
    .trim();

/** A repository with one commit, that has this workflow and these files. */
export function repository(workflow: string, files: Files = {}): string {
  const folder = project({ '.github/workflows/ci.yml': workflow, ...files });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  commit(folder, {});
  return folder;
}

/** The id of a new commit with these files. */
export function commit(folder: string, files: Files): string {
  write(folder, files);
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--allow-empty', '--message=change');
  return git(folder, 'rev-parse', 'HEAD');
}

export interface RunEnded extends Ended {
  readonly folder: string;
  readonly record: RunRecord;
  /** What steps printed, without what precedes it. */
  readonly log: (job?: string) => string;
}

/** Runs `sluice run` in a repository, with a user's folder of its own. What is kept is read when it is asked for. */
export async function run(folder: string, ...args: string[]): Promise<RunEnded> {
  const ended = await sluice(['run', '--no-watch', ...args], folder, { SLUICE_HOME: join(folder, '..', 'user') });
  return {
    ...ended,
    folder,
    get record() {
      // A run that never began left only a word about why.
      if (!existsSync(join(folder, '.sluice/runs'))) throw new Error(ended.stderr);
      return recordOf(folder);
    },
    log: (job) => logOf(folder, job),
  };
}

function recordOf(folder: string): RunRecord {
  const list = readdirSync(join(folder, '.sluice/runs')).map(Number);
  return JSON.parse(
    readFileSync(join(folder, '.sluice/runs', String(Math.max(...list)), 'run.json'), 'utf8'),
  ) as RunRecord;
}

function logOf(folder: string, job: string | undefined): string {
  const record = recordOf(folder);
  return record.jobs
    .filter(({ key }) => job === undefined || key === job)
    .flatMap(({ steps }) =>
      steps.flatMap(({ log }) => (log === undefined ? [] : [join(folder, '.sluice/runs', String(record.id), log)])),
    )
    .map((file) => readFileSync(file, 'utf8').replaceAll(/##\[group\]Run [\s\S]*?##\[endgroup\]\n/g, ''))
    .join('');
}

export const events = (stdout: string): RunLogEvent[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as RunLogEvent);

/** Conclusions of jobs, by key. */
export const conclusions = ({ jobs }: RunRecord): Record<string, string> =>
  Object.fromEntries(jobs.map(({ key, conclusion }) => [key, conclusion]));
