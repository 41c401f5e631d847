import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { SHELLS } from './completion.ts';
import { addDeploy } from './program/deploy.ts';
import { addEvidence } from './program/evidence.ts';
import { addPlan } from './program/pipeline.ts';
import { addRun } from './program/run.ts';
import { addSecret } from './program/secret.ts';
import { VERSION } from './version.ts';

/** What a command answers with: its exit code. */
export type Finish = (exitCode: number) => void;

/** How each command is loaded: when it runs, not before, so that `sluice --help` stays instant. */
const load = {
  scan: () => import('./commands/scan.ts'),
  init: () => import('./commands/init.ts'),
  baseline: () => import('./commands/baseline.ts'),
  checks: () => import('./commands/checks.ts'),
  explain: () => import('./commands/explain.ts'),
  hook: () => import('./commands/hook.ts'),
  completion: () => import('./commands/completion.ts'),
  config: () => import('./commands/config.ts'),
};

/** The whole command line. Help, shell completion and the reference page are all made from this one description. */
export function createProgram(finish: Finish): Command {
  const program = new Command('sluice')
    .description('Every change leaves evidence, and nothing ships without it.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .showSuggestionAfterError()
    .showHelpAfterError('  Run it with --help to see what it takes.')
    .configureHelp({ sortSubcommands: false })
    .configureOutput({ outputError: (text, write) => write(inOurWords(text)) })
    .addHelpText('after', PROGRAM_EXAMPLES)
    .exitOverride();
  addScan(program, finish);
  addSetUp(program, finish);
  addChecks(program, finish);
  addPlan(program, finish);
  addRun(program, finish);
  addEvidence(program, finish);
  addSecret(program, finish);
  addDeploy(program, finish);
  addShell(program, finish);
  return program;
}

/** Mistakes on the command line look like all others: what is wrong, then what to do, indented. */
const inOurWords = (text: string): string =>
  text.replace(/^error: /, 'sluice: ').replace(/^\((Did you mean .*)\)$/m, '  $1');

const PROGRAM_EXAMPLES = `
Examples:
  $ sluice scan                      scan this folder and judge it
  $ sluice scan --staged             only what git would commit now
  $ sluice scan --history            every commit of every branch
  $ sluice explain json-web-token    why a check objects, and what to do

Exit codes: 0 pass · 1 refused · 2 usage or configuration · 3 incomplete · 70 defect · 130 interrupted`;

const SCAN_EXAMPLES = `
Examples:
  $ sluice scan                                      this folder, as text
  $ sluice scan --since origin/main                  only lines that the branch brought are new
  $ sluice scan --commits origin/main..HEAD          every commit of the branch, not only what is left of them
  $ sluice scan https://git.example/team/shop.git    a repository, cloned to a temporary folder
  $ sluice scan --format text sarif=sluice.sarif     two reports of one scan
  $ sluice scan --policy ../policy.yaml              a policy that the change cannot loosen`;

function addScan(program: Command, finish: Finish): void {
  const scan = program
    .command('scan')
    .description('find what is wrong, judge it by the policy, report it')
    .addArgument(new Argument('[target]', 'a folder, file, archive or git URL').default('.', 'this folder'))
    .addOption(new Option('--staged', 'only what is staged').conflicts(['since', 'history']))
    .addOption(new Option('--since <revision>', 'only what changed since then').conflicts(['history']))
    .option('--history', 'every commit of every ref')
    .addOption(new Option('--commits <range>', 'the history of these commits alone').conflicts(['staged', 'since']))
    .option('--family <names...>', 'only these families of checks')
    .option('--rules <files...>', 'gitleaks configuration beside the shipped rules')
    .option('-f, --format <formats...>', 'text, json, sarif, …; FORMAT=FILE writes to a file');
  addReportOptions(scan);
  addScanBounds(scan);
  scan.addHelpText('after', SCAN_EXAMPLES).action(async (target: string, options) => {
    finish(await (await load.scan()).run(target, options));
  });
}

function addReportOptions(scan: Command): void {
  scan
    .option('--json', 'the same as --format json')
    .option('-o, --output <file>', 'write the report to a file')
    .option('-v, --verbose', 'show everything, also what is usually counted only')
    .option('-q, --quiet', 'no report, only the exit code and the files asked for')
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--policy <file>', 'policy instead of the one in the configuration')
    .option('--baseline <file>', 'what it lists is not new')
    .option('--no-baseline', 'everything is new');
}

function addScanBounds(scan: Command): void {
  scan
    .option('--verify', 'ask providers whether the secrets found are alive (uses the network)')
    .option('--verify-endpoint <provider=url...>', 'where a provider of your own answers, for --verify')
    .addOption(new Option('--offline', 'never use the network').conflicts(['verify']))
    .option('--no-cache', 'read everything again')
    .option('--no-progress', 'no progress bar')
    .addOption(new Option('--workers <count>', 'worker threads').argParser(parseWorkers));
}

function parseWorkers(text: string): number {
  const count = Number(text);
  if (!/^\d{1,2}$/.test(text) || count > 64) throw new InvalidArgumentError('A number from 0 to 64.');
  return count;
}

function addSetUp(program: Command, finish: Finish): void {
  program
    .command('init')
    .description('write a sluice.yaml to start from')
    .argument('[folder]', 'where', '.')
    .option('--force', 'replace one that is there')
    .action(async (folder: string, options) => finish(await (await load.init()).run(folder, options)));
  program
    .command('baseline')
    .description('accept what is there today, so that only new findings stop a change')
    .argument('[folder]', 'what to scan', '.')
    .option('-o, --output <file>', 'where to write it', 'sluice-baseline.json')
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--history', 'of every commit of every ref')
    .action(async (folder: string, options) => finish(await (await load.baseline()).run(folder, options)));
  const hook = program.command('hook').description('git hooks that run the same scan');
  hook
    .command('install')
    .description('install them into a repository; a hook that is there already is kept and called')
    .argument('[folder]', 'the repository', '.')
    .addOption(new Option('--type <types...>', 'which').choices(['pre-commit', 'pre-push']).default(['pre-commit']))
    .action(async (folder: string, options) => finish(await (await load.hook()).install(folder, options)));
  hook
    .command('uninstall')
    .description('take them out again')
    .argument('[folder]', 'the repository', '.')
    .action(async (folder: string) => finish(await (await load.hook()).uninstall(folder)));
  program
    .command('config')
    .description('look at the configuration')
    .command('check')
    .description('name every mistake of a configuration, with line and column')
    .argument('[file]', 'the file', 'sluice.yaml')
    .option('--json', 'for machines')
    .action(async (file: string, options) => finish(await (await load.config()).check(file, options)));
}

function addChecks(program: Command, finish: Finish): void {
  program
    .command('checks')
    .description('list the checks')
    .option('--family <names...>', 'only these families')
    .option('--json', 'for machines')
    .option('--ids', 'only their ids')
    .action(async (options) => finish(await (await load.checks()).run(options)));
  program
    .command('explain')
    .description('what a check looks for, why it matters, how to fix it')
    .argument('<check>', 'its id, as a report shows it')
    .option('--json', 'for machines')
    .action(async (check: string, options) => finish(await (await load.explain()).run(check, options)));
}

function addShell(program: Command, finish: Finish): void {
  program
    .command('completion')
    .description('print shell completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', '\nExample:\n  $ source <(sluice completion bash)')
    .action(async (shell: string) => finish(await (await load.completion()).run(program, shell)));
}
