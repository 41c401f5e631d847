import { Argument, type Command, Option } from 'commander';

const load = () => import('../commands/secret.ts');

const EXAMPLES = `
Examples:
  $ sluice secret set NPM_TOKEN                           asks for the value and shows nothing of it
  $ pass npm/token | sluice secret set NPM_TOKEN          the value from another program
  $ sluice secret set DEPLOY_KEY --environment production < key.pem
  $ sluice secret list --json
  $ sluice secret rotate --to passphrase                  a new master key, under a passphrase`;

const environment = (): Option =>
  new Option('-e, --environment <name>', 'of this environment, not of the whole repository');
const name = (): Argument => new Argument('<name>', 'letters, digits and underscores');

/** `sluice secret`: values for the runner, encrypted at rest. */
export function addSecret(program: Command, finish: (exitCode: number) => void): void {
  const secret = program
    .command('secret')
    .description('values for jobs, encrypted at rest')
    .addHelpText('after', EXAMPLES);
  secret
    .command('set')
    .description('set a value, from standard input or typed unseen; never an argument')
    .addArgument(name())
    .addOption(environment())
    .option('--json', 'for machines')
    // Else the parser would repeat what may be the value.
    .allowExcessArguments()
    .action(async (of: string, options, { args }: Command) =>
      finish(await (await load()).set(of, options, args.length)),
    );
  secret
    .command('list')
    .description('names, versions and times; never a value')
    .addOption(environment())
    .option('--json', 'for machines')
    .action(async (options) => finish(await (await load()).list(options)));
  secret
    .command('rm')
    .description('remove a value; exit code 1 where there is none')
    .addArgument(name())
    .addOption(environment())
    .option('--json', 'for machines')
    .action(async (of: string, options) => finish(await (await load()).remove(of, options)));
  secret
    .command('rotate')
    .description('a new master key for all of them')
    .addOption(new Option('--to <kind>', 'where it is kept from now on').choices(['file', 'passphrase', 'transit']))
    .option('--json', 'for machines')
    .action(async (options) => finish(await (await load()).rotate(options)));
}
