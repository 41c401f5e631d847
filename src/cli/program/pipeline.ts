import { type Command, Option } from 'commander';

const load = () => import('../commands/plan.ts');

const EXAMPLES = `
Examples:
  $ sluice plan                                     every workflow of this repository
  $ sluice plan release                             by the name of its file, or its own
  $ sluice plan ci.yml --event pull_request --untrusted
  $ sluice plan nightly --input level=debug --json

Exit codes: 0 all of it can run here · 2 a file has mistakes · 3 something cannot run here`;

/** `sluice plan`: what a workflow would do, before anything of it runs. */
export function addPlan(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('plan')
    .description('what a workflow would do here: jobs, permissions, secrets, network, and what cannot run')
    .argument('[workflow]', 'a file, its name, or the name of the workflow; all of them when left out')
    .option('--folder <folder>', 'the repository', '.')
    .option('--event <name>', 'what happened; by default push, or what else starts the workflow')
    .option('--payload <file>', 'what github.event holds, as JSON')
    .option('--input <name=value...>', 'inputs of workflow_dispatch')
    .addOption(new Option('--untrusted', 'as for code from outside: no secrets, and reading only'))
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--json', 'for machines')
    .addHelpText('after', EXAMPLES)
    .action(async (workflow: string | undefined, options) => finish(await (await load()).run(workflow, options)));
}
