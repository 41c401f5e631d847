import type { RunLogEvent, RunRecord } from '#app/run.ts';
import type { Terminal } from './terminal.ts';

/** Shows a run while it goes on. */
export interface RunView {
  readonly show: (event: RunLogEvent) => void;
  /** Takes away what was drawn to be redrawn. */
  readonly close: () => void;
}

type Write = (text: string) => void;

/** Events as they are, one JSON object a line. */
export const jsonView = (write: Write): RunView => ({
  show: (event) => write(`${JSON.stringify(event)}\n`),
  close: () => undefined,
});

const MARKS: Readonly<Record<string, string>> = {
  success: '✓',
  failure: '✗',
  cancelled: '■',
  skipped: '·',
  running: '▸',
};
const COLORS: Readonly<Record<string, string>> = {
  success: '32',
  failure: '31',
  cancelled: '33',
  skipped: '2',
  running: '36',
};

const paint = (color: boolean, name: string, text: string): string =>
  color ? `\u001b[${COLORS[name] ?? '0'}m${text}\u001b[0m` : text;
const mark = (color: boolean, name: string): string => paint(color, name, MARKS[name] ?? ' ');

const LONGEST_HELD = 64 * 1024;

/** Every line that a step prints, after the name of its job. */
export function plainView(write: Write, { color }: Terminal): RunView {
  const held = new Map<string, string>();
  const line = (job: string, text: string): string => `[${shown(job)}] ${text}\n`;
  const lines = (job: string, text: string): void => {
    const all = ((held.get(job) ?? '') + text).split('\n');
    // A line without an end would be taken apart again with each piece of it.
    held.set(job, (all.at(-1)?.length ?? 0) > LONGEST_HELD ? '' : (all.pop() ?? ''));
    write(all.map((each) => line(job, shown(each))).join(''));
  };
  const flush = (job: string): void => {
    if ((held.get(job) ?? '') !== '') lines(job, '\n');
  };
  return {
    show: (event) => {
      if (event.type === 'step-started') write(line(event.job, `${mark(color, 'running')} ${shown(event.name)}`));
      if (event.type === 'log') lines(event.job, event.text);
      if (event.type === 'step-ended') {
        flush(event.job);
        write(line(event.job, `${mark(color, event.conclusion)} ${event.conclusion} in ${seconds(event.ms)}`));
      }
      if (event.type === 'job-ended')
        write(line(event.job, `${mark(color, event.conclusion)} the job: ${event.conclusion}`));
    },
    close: () => undefined,
  };
}

/** What a step prints must not move the cursor of whoever looks on; colours may stay, and end with the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to take out.
const CONTROL = /\u001b\[[0-9;]{0,20}m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
export function shown(line: string): string {
  const safe = line.replace(CONTROL, (found) => (found.length > 1 ? found : ''));
  return safe.includes('\u001b') && !safe.endsWith(RESET) ? safe + RESET : safe;
}
const RESET = '\u001b[0m';

interface JobLine {
  state: string;
  step: string;
  readonly startedAt: number;
  endedAt: number | undefined;
}

const REDRAW_MS = 100;

/** The jobs with their times, drawn again and again in one place of at most `height` lines. */
export function liveView(write: Write, { color, width }: Terminal, height: number, now: () => number): RunView {
  const jobs = new Map<string, JobLine>();
  let drawn = 0;
  let closed = false;
  const draw = (): void => {
    const all = [...jobs].map(([name, job]) => row(name, job, color, width, now()));
    const rows = all.length < height ? all : fitting(jobs, all, height);
    write(`${drawn > 0 ? `\u001b[${drawn}A` : ''}${rows.map((text) => `\u001b[2K${text}\n`).join('')}`);
    drawn = rows.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    show: (event) => {
      if (event.type === 'job-started')
        jobs.set(event.job, { state: 'running', step: '', startedAt: now(), endedAt: undefined });
      if (event.type === 'step-started') update(jobs, event.job, { step: event.name });
      if (event.type === 'job-ended') {
        if (!jobs.has(event.job)) jobs.set(event.job, { state: '', step: '', startedAt: now(), endedAt: now() });
        update(jobs, event.job, { state: event.conclusion, step: '', endedAt: now() });
      }
    },
    close: () => {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      draw();
    },
  };
}

/** What runs or failed, as far as it fits, and how many there are beside. */
function fitting(jobs: ReadonlyMap<string, JobLine>, rows: readonly string[], height: number): string[] {
  const states = [...jobs.values()].map(({ state }) => state);
  const wanted = rows.filter((_, index) => states[index] === 'running' || states[index] === 'failure');
  const shownRows = wanted.slice(0, Math.max(1, height - 2));
  return [...shownRows, `  and ${rows.length - shownRows.length} more`];
}

function update(jobs: Map<string, JobLine>, name: string, change: Partial<JobLine>): void {
  const job = jobs.get(name);
  if (job !== undefined) jobs.set(name, { ...job, ...change });
}

function row(
  name: string,
  { state, step, startedAt, endedAt }: JobLine,
  color: boolean,
  width: number,
  now: number,
): string {
  const time = state === 'skipped' ? '' : seconds((endedAt ?? now) - startedAt);
  const text = `${shown(name)}  ${time}${step === '' ? '' : `  ${shown(step)}`}`;
  return `${mark(color, state)} ${text.slice(0, Math.max(10, width - 4))}`;
}

export function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

/** What there is to say at the end, for people. */
export function summaryOf(record: RunRecord, color: boolean): string {
  const lines: string[] = [''];
  const shared = sharedProblems(record);
  for (const job of record.jobs) {
    const ms = Date.parse(job.endedAt) - Date.parse(job.startedAt);
    const why = job.reused === undefined ? '' : `  (from run ${job.reused})`;
    lines.push(`${mark(color, job.conclusion)} ${shown(job.name)}  ${seconds(ms)}${why}`);
    for (const step of job.steps.filter(({ conclusion }) => conclusion === 'failure')) {
      lines.push(`    ${mark(color, 'failure')} ${shown(step.name)}${step.log === undefined ? '' : `  ${step.log}`}`);
    }
    for (const { level, message, file, line } of job.annotations) {
      const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
      lines.push(`    ${level}: ${shown(place + (message.split('\n')[0] ?? ''))}`);
    }
    lines.push(...problemLines(job.problems.filter((problem) => !shared.has(keyOf(problem)))));
  }
  lines.push(...problemLines([...shared.values(), ...record.problems]));
  for (const { name, bytes, sha256 } of record.artifacts)
    lines.push(`  artifact ${shown(name)}  ${bytes} bytes  sha256:${sha256}`);
  if (!record.trusted) lines.push('The code comes from outside: it had no secrets, and its caches are its own.');
  if (record.driver.name === 'none') lines.push('Nothing was isolated: every job ran on the bare machine.');
  return `${lines.join('\n')}\n\nRun ${record.id}: ${record.conclusion}. \`sluice runs show ${record.id}\` tells more.\n`;
}

type Problem = RunRecord['problems'][number];

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
