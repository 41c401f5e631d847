import { takeArtifacts } from '#app/run-artifacts.ts';
import { keptRuns, lastLinesOf, logsOf, runShown } from '#app/runs.ts';
import { print } from '../output.ts';
import { summaryOf } from '../run-summary.ts';
import { seconds, shown } from '../run-view.ts';
import { terminalOf } from '../terminal.ts';

interface Where {
  readonly folder: string;
  readonly json?: boolean;
}

const terminal = () => terminalOf(process.stdout, process.stderr, process.env);

export async function list({ folder, json }: Where): Promise<number> {
  const runs = keptRuns(folder);
  if (json === true) await print(`${JSON.stringify({ version: 1, runs }, null, 2)}\n`);
  else if (runs.length === 0) await print('There is no run yet. `sluice run` makes one.\n');
  else await print(runs.map(lineOf).join(''));
  return 0;
}

function lineOf({ id, state, workflow, event, source, startedAt, ms }: ReturnType<typeof keptRuns>[number]): string {
  const words = [
    String(id).padStart(4),
    state.padEnd(11),
    workflow,
    event,
    source,
    startedAt,
    ms === undefined ? '' : seconds(ms),
  ];
  return `${shown(words.join('  ')).trimEnd()}\n`;
}

export async function show(run: number | undefined, { folder, json }: Where): Promise<number> {
  const record = runShown(folder, run);
  if (json === true) await print(`${JSON.stringify(record, null, 2)}\n`);
  else await print(summaryOf(record, terminal().color, lastLinesOf(folder, record.id)).trimStart());
  return 0;
}

export async function logs(
  run: number | undefined,
  options: Where & { job?: string; failed?: boolean },
): Promise<number> {
  const { folder, job, failed } = options;
  for (const { name, text } of logsOf(folder, run, { job, failed: failed === true })) {
    await print(`== ${shown(name)}\n${text.split('\n').map(shown).join('\n')}\n`);
  }
  return 0;
}

export async function download(
  run: number | undefined,
  { folder, artifact, to, json }: Where & { artifact?: string; to: string },
): Promise<number> {
  const files = await takeArtifacts(folder, run, { artifact, to });
  if (json === true) await print(`${JSON.stringify({ version: 1, files }, null, 2)}\n`);
  else await print(files.map(({ path, sha256 }) => `${shown(path)}  sha256:${sha256}\n`).join(''));
  return 0;
}
