import type { RunLogEvent } from '#app/run.ts';
import type { Terminal } from './terminal.ts';

/** Shows a run while it goes on. */
export interface RunView {
  readonly show: (event: RunLogEvent) => void;
  /** Takes away what was drawn to be redrawn. */
  readonly close: () => void;
}

export type Write = (text: string) => void;

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
  waiting: '○',
};
const COLORS: Readonly<Record<string, string>> = {
  success: '32',
  failure: '31',
  cancelled: '33',
  skipped: '2',
  running: '36',
  waiting: '2',
};

const paint = (color: boolean, name: string, text: string): string =>
  color ? `\u001b[${COLORS[name] ?? '0'}m${text}\u001b[0m` : text;
export const mark = (color: boolean, name: string): string => paint(color, name, MARKS[name] ?? ' ');

const LONGEST_HELD = 64 * 1024;

/** Every line that a step prints, after the name of its job. */
export function plainView(write: Write, { color }: Terminal): RunView {
  const held = new Map<string, string>();
  const line = (job: string, text: string): string => `[${shown(job)}] ${text}\n`;
  const lines = (job: string, text: string): void => {
    const all = ((held.get(job) ?? '') + text).split('\n');
    // A line without an end would be taken apart again with each piece of it.
    held.set(job, (all.at(-1)?.length ?? 0) > LONGEST_HELD ? '' : (all.pop() ?? ''));
    write(
      all
        .filter((each) => each.trimEnd() !== '##[endgroup]')
        .map((each) => line(job, spoken(shown(each), color)))
        .join(''),
    );
  };
  const flush = (job: string): void => {
    if ((held.get(job) ?? '') !== '') lines(job, '\n');
  };
  return {
    show: (event) => {
      if (event.type === 'step-started')
        write(line(event.job, `${mark(color, 'running')} ${shown(stepLabel(event.name))}`));
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

export function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;
}

const NAMED_BY_COMMIT = /^((?:Pre |Post )?)Run ([\w.-]{1,100}\/[\w./-]{1,300})@(\S{1,250})$/;

/** The name of a step that only says which action it uses: that action, with the first letters of its commit. */
export function stepLabel(name: string): string {
  const [, stage = '', action, ref = ''] = NAMED_BY_COMMIT.exec(name) ?? [];
  if (action === undefined) return name;
  return `${stage}${action}@${/^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, 7) : ref}`;
}

const MARKED = /^##\[(group|error|warning|notice|debug|command)\]/;

/** A line of a log with its marks in words: `##[group]` as a heading, `##[error]` as what it is. */
export function spoken(line: string, color: boolean): string {
  const [whole, kind] = MARKED.exec(line) ?? [];
  if (whole === undefined || kind === undefined) return line;
  const text = line.slice(whole.length);
  if (kind === 'group') return color ? `\u001b[1m▾ ${text}\u001b[0m` : `▾ ${text}`;
  if (kind === 'command') return text;
  return `${paint(color, kind === 'error' ? 'failure' : 'cancelled', `${kind}:`)} ${text}`;
}
