import { type Command, InvalidArgumentError, Option } from 'commander';

const loadRun = () => import('../commands/run.ts');
const loadRuns = () => import('../commands/runs.ts');

type Finish = (exitCode: number) => void;

const RUN_EXAMPLES = `
Examples:
  $ sluice run                                         the workflow that a push starts, on the work tree as it is
  $ sluice run ci --job test                           one job, with those that it needs
  $ sluice run release --event workflow_dispatch --input version=1.2.0
  $ sluice run ci --event pull_request --event-file fork.json     a change from outside: no secrets
  $ sluice run --rerun-failed                          only what did not succeed last time
  $ sluice run ci --learn                              lets connections through once, and says what to allow

Exit codes: 0 success · 1 a job failed or a gate refused · 2 usage or configuration · 3 something could not run here ·
130 interrupted`;

const RUNS_EXAMPLES = `
Examples:
  $ sluice runs                      the newest first
  $ sluice runs show                 the newest one
  $ sluice runs logs 12 --job test   what the steps of a job printed
  $ sluice runs download --to out    the files of its artifacts`;

/** `sluice run` and `sluice runs`: workflows, run here, and what is kept of them. */
export function addRun(program: Command, finish: Finish): void {
  program
    .command('run')
    .description('run a workflow here, each job in a sandbox of its own')
    .argument(
      '[workflow]',
      'a file, its name, or the name of the workflow; the one that the event starts when left out',
    )
    .option('--folder <folder>', 'the repository', '.')
    .option('-j, --job <job>', 'only this job and what it needs')
    .option('--event <name>', 'what happened; by default push, or what else starts the workflow')
    .option('--event-file <file>', 'what github.event holds, as JSON; its commit is what runs')
    .option('--input <name=value...>', 'inputs of workflow_dispatch')
    .option('--var <name=value...>', 'the vars context, beside run.variables')
    .option('--env <name=value...>', 'environment of every job, below what the workflow sets')
    .option('--secret-file <file>', 'secrets as lines of NAME=VALUE, before those of the configuration')
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .addOption(
      new Option('--rerun-failed [run]', 'only the jobs of a run that did not succeed')
        .argParser(parseId)
        .conflicts(['job', 'event', 'eventFile']),
    )
    .option('--learn', 'let jobs reach public hosts, and write what they reached as a proposal for `network`')
    .addOption(new Option('--unsafe-no-sandbox', 'run on the bare machine; the provenance says so'))
    .option('--watch', 'draw the jobs while they run; the default on a terminal')
    .option('--no-watch', 'print what steps print, line by line')
    .option('--json', 'a stream of events, one JSON object a line')
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (workflow: string | undefined, options) => finish(await (await loadRun()).run(workflow, options)));
  addRuns(program, finish);
}

function addRuns(program: Command, finish: Finish): void {
  const runs = program.command('runs').description('what is kept of runs').addHelpText('after', RUNS_EXAMPLES);
  runs
    .command('list', { isDefault: true })
    .description('the runs of this repository, the newest first')
    .option('--folder <folder>', 'the repository', '.')
    .option('--json', 'for machines')
    .action(async (options) => finish(await (await loadRuns()).list(options)));
  runs
    .command('show')
    .description('jobs, steps, annotations and artifacts of a run')
    .argument('[run]', 'its number; the newest when left out', parseId)
    .option('--folder <folder>', 'the repository', '.')
    .option('--json', 'for machines')
    .action(async (run: number | undefined, options) => finish(await (await loadRuns()).show(run, options)));
  runs
    .command('logs')
    .description('what the steps of a run printed')
    .argument('[run]', 'its number; the newest when left out', parseId)
    .option('-j, --job <job>', 'of this job alone')
    .option('--failed', 'of the steps that failed')
    .option('--folder <folder>', 'the repository', '.')
    .action(async (run: number | undefined, options) => finish(await (await loadRuns()).logs(run, options)));
  runs
    .command('download')
    .description('take the files out of the artifacts of a run')
    .argument('[run]', 'its number; the newest when left out', parseId)
    .option('-a, --artifact <name>', 'only this one')
    .option(
      '--to <folder>',
      'where; each artifact in a folder of its name, one that is asked for in the folder itself',
      '.',
    )
    .option('--folder <folder>', 'the repository', '.')
    .option('--json', 'for machines')
    .action(async (run: number | undefined, options) => finish(await (await loadRuns()).download(run, options)));
}

function parseId(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('The number of a run.');
}
