import { Argument, type Command, Option } from 'commander';

const load = () => import('../commands/deploy.ts');

const EXAMPLES = `
Examples:
  $ sluice deploy staging dist.tgz                  if its evidence is enough
  $ sluice deploy production sha256:3b1c…            an image by digest
  $ sluice deploy production dist.tgz --dry-run     would it be taken, and if not, why
  $ sluice deploy production --rollback             the release before the live one

Exit codes: 0 live · 1 refused, or did not work and was rolled back · 2 usage or configuration · 3 incomplete`;

const DRIFT_EXAMPLES = `
Examples:
  $ sluice drift production          what was changed, is missing or came along
  $ sluice drift production --json`;

const FRONT_EXAMPLE = `
Example:
  $ sluice front web --config /srv/web/sluice.yaml`;

const environment = (): Argument => new Argument('<environment>', 'its name in sluice.yaml');

/** `sluice deploy`, `drift`, `environments` and `front`: where artifacts go. */
export function addDeploy(program: Command, finish: (exitCode: number) => void): void {
  program
    .command('deploy')
    .description('make an artifact live whose evidence is enough')
    .addArgument(environment())
    .argument('[artifact]', 'a file, a folder, an image layout, or a digest')
    .option('--dry-run', 'ask the gate, change nothing')
    .addOption(new Option('--rollback', 'go back to the release before').conflicts(['dryRun']))
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--json', 'for machines')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, artifact: string | undefined, options) =>
      finish(await (await load()).deploy(name, artifact, options)),
    );
  program
    .command('drift')
    .description('compare what runs with what was signed; exit code 1 where they differ')
    .addArgument(environment())
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--json', 'for machines')
    .addHelpText('after', DRIFT_EXAMPLES)
    .action(async (name: string, options) => finish(await (await load()).drift(name, options)));
  program
    .command('environments')
    .description('list the environments and what is live in them')
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .option('--json', 'for machines')
    .addHelpText('after', '\nExample:\n  $ sluice environments --json')
    .action(async (options) => finish(await (await load()).environments(options)));
  program
    .command('front')
    .description('run what stands before the processes of an environment; for systemd')
    .addArgument(environment())
    .option('--config <file>', 'configuration instead of sluice.yaml')
    .addHelpText('after', FRONT_EXAMPLE)
    .action(async (name: string, options) => finish(await (await load()).front(name, options)));
}
