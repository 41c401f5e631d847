import type { RunLogEvent } from '#app/run.ts';
import { mark, type RunView, seconds, shown, stepLabel, type Write } from './run-view.ts';

/** What can be seen of a terminal at this moment: people change it while a run goes on. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

interface JobLine {
  readonly state: string;
  readonly step: string;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

/** A job of the file, before anything of it has begun. */
type Planned = NonNullable<Extract<RunLogEvent, { type: 'run-started' }>['jobs']>[number];

const REDRAW_MS = 100;
const DEFAULT_SIZE: Size = { columns: 80, rows: 24 };

/** A size as streams tell it; a terminal that knows none says 0 or nothing. */
export const sizeOf = ({ columns, rows }: Partial<Size>): Size => ({
  columns: columns || DEFAULT_SIZE.columns,
  rows: rows || DEFAULT_SIZE.rows,
});

/**
 * The jobs in the order in which they need each other, drawn again and again in one place. A line is never wider and all
 * together never higher than the terminal: what wraps or scrolls cannot be drawn over.
 */
export function liveView(write: Write, color: boolean, size: () => Size, now: () => number): RunView {
  const jobs = new Map<string, JobLine>();
  let planned: readonly Planned[] = [];
  let drawn = 0;
  let closed = false;
  const draw = (): void => {
    const { columns, rows } = size();
    const all = linesOf(planned, jobs, now(), closed);
    const fitting = all.length < rows ? all : mostTelling(all, rows);
    const text = fitting.map((line) => `\u001b[2K${lineText(line, color, columns)}\n`).join('');
    // What an earlier, longer drawing left below is taken away.
    write(`${drawn > 0 ? `\u001b[${Math.min(drawn, rows - 1)}A\r` : ''}${text}\u001b[J`);
    drawn = fitting.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  timer.unref();
  return {
    show: (event) => {
      if (event.type === 'run-started') planned = inOrder(event.jobs ?? []);
      else take(jobs, event, now());
    },
    close: () => {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      draw();
    },
  };
}

function take(jobs: Map<string, JobLine>, event: RunLogEvent, now: number): void {
  const fresh: JobLine = { state: 'running', step: '', startedAt: now, endedAt: undefined };
  if (event.type === 'job-started') jobs.set(event.job, fresh);
  if (event.type === 'step-started') jobs.set(event.job, { ...(jobs.get(event.job) ?? fresh), step: event.name });
  if (event.type === 'job-ended') {
    jobs.set(event.job, { ...(jobs.get(event.job) ?? fresh), state: event.conclusion, step: '', endedAt: now });
  }
}

interface Line {
  readonly state: string;
  readonly text: string;
}

/** Every job where the file's needs put it; one of which nothing has begun says what it waits for. */
function linesOf(
  planned: readonly Planned[],
  jobs: ReadonlyMap<string, JobLine>,
  now: number,
  ended: boolean,
): readonly Line[] {
  const left = new Map(jobs);
  const lines: Line[] = [];
  for (const { id, needs } of planned) {
    const own = [...left].filter(([key]) => key === id || key.startsWith(`${id} `));
    for (const [key, job] of own) {
      left.delete(key);
      lines.push({ state: job.state, text: jobText(key, job, now) });
    }
    if (own.length > 0 || ended) continue;
    const open = needs.filter((need) => !hasEnded(need, jobs));
    lines.push({ state: 'waiting', text: open.length === 0 ? `${id}  waits` : `${id}  waits for ${open.join(', ')}` });
  }
  return [...lines, ...[...left].map(([key, job]) => ({ state: job.state, text: jobText(key, job, now) }))];
}

function hasEnded(id: string, jobs: ReadonlyMap<string, JobLine>): boolean {
  const own = [...jobs].filter(([key]) => key === id || key.startsWith(`${id} `));
  return own.length > 0 && own.every(([, { endedAt }]) => endedAt !== undefined);
}

function jobText(name: string, { state, step, startedAt, endedAt }: JobLine, now: number): string {
  const time = state === 'skipped' ? 'skipped' : seconds(Math.max(0, (endedAt ?? now) - startedAt));
  return `${name}  ${time}${step === '' ? '' : `  ${stepLabel(step)}`}`;
}

const TELLING = new Set(['running', 'failure']);

/** What runs or failed, as far as it fits, and how many there are beside. */
function mostTelling(lines: readonly Line[], rows: number): Line[] {
  const kept = lines.filter(({ state }) => TELLING.has(state)).slice(0, Math.max(1, rows - 2));
  return [...kept, { state: '', text: `and ${lines.length - kept.length} more` }];
}

function lineText({ state, text }: Line, color: boolean, columns: number): string {
  return `${mark(color, state)} ${cut(shown(text), columns - 3)}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a name.
const COLOR = /\u001b\[[0-9;]{0,20}m/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;

/** The start of a text, in columns; a colour may not be cut in two, so there are none. */
function cut(text: string, columns: number): string {
  const letters = [...text.replaceAll(COLOR, '')];
  let width = 0;
  for (const [index, letter] of letters.entries()) {
    width += WIDE.test(letter) ? 2 : 1;
    if (width > columns) return `${letters.slice(0, Math.max(0, index - 1)).join('')}…`;
  }
  return letters.join('');
}

/** Jobs that need nothing first, then those that need only these, and so on; else as in the file. */
function inOrder(jobs: readonly Planned[]): readonly Planned[] {
  const depths = new Map<string, number>();
  for (let round = 0; round < jobs.length && depths.size < jobs.length; round += 1) {
    for (const { id, needs } of jobs) {
      if (depths.has(id) || needs.some((need) => (depths.get(need) ?? round) >= round)) continue;
      depths.set(id, round);
    }
  }
  return jobs.toSorted((a, b) => (depths.get(a.id) ?? 0) - (depths.get(b.id) ?? 0));
}
