import type { RunRecord } from '#app/run.ts';
import { mark, seconds, shown, spoken, stepLabel } from './run-view.ts';

type Job = RunRecord['jobs'][number];
type Problem = RunRecord['problems'][number];

/** The last lines of a log, by its path in the folder of the run. */
export type LastLines = (log: string) => readonly string[];

const MOST_ANNOTATIONS = 10;

/** What there is to say at the end, for people: how each job ended, and why where it failed. */
export function summaryOf(record: RunRecord, color: boolean, lastLines: LastLines = () => []): string {
  const shared = sharedProblems(record);
  const lines = ['', ...record.jobs.flatMap((job) => jobLines(job, color, shared, lastLines))];
  lines.push(...problemLines([...shared.values(), ...record.problems]));
  for (const { name, bytes, sha256 } of record.artifacts)
    lines.push(`  artifact ${shown(name)}  ${bytes} bytes  sha256:${sha256}`);
  if (!record.trusted) lines.push('The code comes from outside: it had no secrets, and its caches are its own.');
  if (record.driver.name === 'none') lines.push('Nothing was isolated: every job ran on the bare machine.');
  return `${lines.join('\n')}\n\nRun ${record.id}: ${record.conclusion}. ${moreOf(record)}\n`;
}

function moreOf({ id, jobs }: RunRecord): string {
  const logged = jobs.some(({ steps }) => steps.some(({ conclusion, log }) => conclusion === 'failure' && log));
  return logged
    ? `\`sluice runs logs ${id} --failed\` shows the whole logs of what failed.`
    : `\`sluice runs show ${id}\` tells more.`;
}

function jobLines(job: Job, color: boolean, shared: ReadonlyMap<string, Problem>, lastLines: LastLines): string[] {
  const ms = Math.max(0, Date.parse(job.endedAt) - Date.parse(job.startedAt));
  const why = job.reused === undefined ? '' : `  (from run ${job.reused})`;
  const refused = job.refused ? '  the gate refused' : '';
  const lines = [`${mark(color, job.conclusion)} ${shown(job.name)}  ${seconds(ms)}${refused}${why}`];
  for (const { name, log } of job.steps.filter(({ conclusion }) => conclusion === 'failure')) {
    lines.push(`    ${mark(color, 'failure')} ${shown(stepLabel(name))}`);
    const said = log === undefined ? [] : lastLines(log);
    lines.push(...said.map((line) => `      │ ${spoken(shown(line), color)}`));
  }
  lines.push(...annotationLines(job));
  return [...lines, ...problemLines(job.problems.filter((problem) => !shared.has(keyOf(problem))))];
}

/** Errors come first, since only so many are shown. */
function annotationLines({ annotations }: Job): string[] {
  const errors = annotations.filter(({ level }) => level === 'error');
  const ordered = [...errors, ...annotations.filter(({ level }) => level !== 'error')];
  const lines = ordered.slice(0, MOST_ANNOTATIONS).map(({ level, message, file, line }) => {
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
    return `    ${level}: ${shown(place + (message.split('\n')[0] ?? ''))}`;
  });
  const more = ordered.length - lines.length;
  return more > 0 ? [...lines, `    and ${more} more annotations`] : lines;
}

const keyOf = ({ code, message, path, line }: Problem): string => JSON.stringify([code, message, path, line]);

/** What several jobs have in common, such as what their sandbox cannot bound here, is said once. */
function sharedProblems({ jobs }: RunRecord): ReadonlyMap<string, Problem> {
  const all = jobs.flatMap(({ problems }) => [...new Map(problems.map((problem) => [keyOf(problem), problem]))]);
  const counts = Map.groupBy(all, ([key]) => key);
  return new Map(all.filter(([key]) => (counts.get(key)?.length ?? 0) > 1));
}

const problemLines = (problems: RunRecord['problems']): string[] =>
  problems.flatMap(({ message, hint, path, line }) => [
    `    problem: ${path === undefined ? '' : `${shown(path)}${line === undefined ? '' : `:${line}`}: `}${shown(message)}`,
    ...(hint === undefined ? [] : [`      ${shown(hint)}`]),
  ]);
