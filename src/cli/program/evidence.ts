import { Argument, type Command, InvalidArgumentError, Option } from 'commander';

type Finish = (exitCode: number) => void;

const load = {
  sign: () => import('../commands/sign.ts'),
  verify: () => import('../commands/verify.ts'),
  evidence: () => import('../commands/evidence.ts'),
  keys: () => import('../commands/evidence-key.ts'),
};

const artifact = (): Argument =>
  new Argument('<artifact>', 'a file, a folder, an OCI image layout, or the digest of one: sha256:…');

const json = (): Option => new Option('--json', 'for machines');

const SIGN_EXAMPLES = `
Examples:
  $ sluice sign dist/app.tgz                         writes dist/app.tgz.sigstore.json, and keeps it in the ledger
  $ sluice sign dist                                 a folder, by the digest that git would give it
  $ sluice sign image/ -o image.sigstore.json        an OCI image layout, by the digest of its manifest
  $ sluice sign app.tgz --sigstore                   by a certificate of the services in sluice.yaml (uses the network)`;

const ATTEST_EXAMPLES = `
Examples:
  $ sluice attest app.tgz --type cyclonedx --predicate sbom.json
  $ sluice attest app.tgz --type tests --predicate results.json
  $ sluice attest app.tgz --type urn:example:licence-review --predicate review.json`;

const VERIFY_EXAMPLES = `
Examples:
  $ sluice verify app.tgz                                        what the ledger proves about it
  $ sluice verify app.tgz --environment production               whether \`sluice deploy\` would take it
  $ sluice verify app.tgz --policy 'evidence.tests.passed && evidence.approvals.size() >= 2'
  $ sluice verify app.tgz --key cosign.pub                       by app.tgz.sigstore.json, which came with it
  $ sluice verify app.tgz --bundle app.tgz.sigstore.json --trusted-root trusted_root.json \\
      --certificate-identity ana@example.org --certificate-oidc-issuer https://issuer.example`;

const EVIDENCE_EXAMPLES = `
Examples:
  $ sluice evidence log                        what happened, oldest first
  $ sluice evidence show 12                    one statement, and the proof that it is in the ledger
  $ sluice evidence verify                     whether anything was altered, cut off, or signed by a stranger
  $ sluice evidence export -o evidence.json    for somebody else to check
  $ sluice evidence key show                   your keys, and whom you trust`;

/** `sluice sign`, `attest`, `approve`, `verify` and `evidence`. */
export function addEvidence(program: Command, finish: Finish): void {
  addSigning(program, finish);
  addApprove(program, finish);
  addVerify(program, finish);
  const evidence = program
    .command('evidence')
    .description('the ledger of signed statements, and the keys')
    .addHelpText('after', EVIDENCE_EXAMPLES);
  addLedger(evidence, finish);
  addExchange(evidence, finish);
  addKeys(evidence.command('key').description('your keys, and whom you trust'), finish);
}

/** What every command that signs takes. */
function signing(command: Command): Command {
  return command
    .option('-o, --output <file>', 'where the bundle goes; by default beside the artifact')
    .option('--no-ledger', 'do not keep it in the ledger of this repository')
    .option('--sigstore', 'sign by a certificate and have logs witness it, as sluice.yaml says (uses the network)')
    .option('--identity-token <file>', 'the token for --sigstore; by default SIGSTORE_ID_TOKEN')
    .addOption(json());
}

function addSigning(program: Command, finish: Finish): void {
  signing(program.command('sign').description('say with your key that you stand for an artifact'))
    .addArgument(artifact())
    .addHelpText('after', SIGN_EXAMPLES)
    .action(async (path: string, options) => finish(await (await load.sign()).sign(path, options)));
  signing(program.command('attest').description('sign what a file says about an artifact'))
    .addArgument(artifact())
    .requiredOption('--predicate <file>', 'what is said, as a JSON object')
    .requiredOption('--type <type>', 'provenance, tests, cyclonedx, spdx, release, review, …; or the URI of a type')
    .addHelpText('after', ATTEST_EXAMPLES)
    .action(async (path: string, options) => finish(await (await load.sign()).attest(path, options)));
}

function addApprove(program: Command, finish: Finish): void {
  signing(program.command('approve').description('let an artifact into an environment, with your key'))
    .addArgument(artifact())
    .addArgument(new Argument('<environment>', 'its name in sluice.yaml'))
    .option('--comment <text>', 'why')
    .addOption(new Option('--for <hours>', 'how long it counts; for good when left out').argParser(parseHours))
    .addHelpText(
      'after',
      '\nExample:\n  $ sluice approve dist/app.tgz production --comment "read the changes" --for 48',
    )
    .action(async (path: string, environment: string, options) =>
      finish(await (await load.sign()).approve(path, environment, options)),
    );
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (!/^\d{1,5}$/.test(text) || hours === 0) throw new InvalidArgumentError('A whole number of hours.');
  return hours;
}

function addVerify(program: Command, finish: Finish): void {
  program
    .command('verify')
    .description('whether there is proof about an artifact, and whether it is enough')
    .addArgument(artifact())
    .option('--bundle <file>', 'this Sigstore bundle, instead of the ledger')
    .addOption(new Option('--key <file>', 'signed by this public key (PEM)').conflicts(['certificateIdentity']))
    .option('--certificate-identity <subject>', 'signed by whoever holds this certificate: an address or a URI')
    .option('--certificate-oidc-issuer <url>', 'and who says so')
    .option('--trusted-root <file>', 'certificate authorities and logs that count (trusted_root.json)')
    .option('--type <type>', 'what the statement must be')
    .option('--policy <cel>', 'what must hold; CEL over `evidence`')
    .option('--environment <name>', 'where it would go: its rules are asked, and approvals of others do not count')
    .addOption(json())
    .addHelpText('after', VERIFY_EXAMPLES)
    .action(async (path: string, options) => finish(await (await load.verify()).run(path, options)));
}

function addLedger(evidence: Command, finish: Finish): void {
  evidence
    .command('log')
    .description('what happened, oldest first')
    .argument('[artifact]', 'only about this file, folder, image layout or digest')
    .option('--type <type>', 'only of this type')
    .addOption(json())
    .action(async (path: string | undefined, options) => finish(await (await load.evidence()).log(path, options)));
  evidence
    .command('show')
    .description('one statement, and the proof that it is in the ledger')
    .addArgument(new Argument('<entry>', 'its number in the log').argParser(parseEntryNumber))
    .addOption(json())
    .action(async (entry: number, options) => finish(await (await load.evidence()).show(entry, options)));
  evidence
    .command('verify')
    .description('whether anything in the ledger was altered, cut off, or signed by a stranger')
    .addOption(json())
    .action(async (options) => finish(await (await load.evidence()).verify(options)));
  evidence
    .command('forget')
    .description('forget what was seen of a ledger that you deleted or replaced on purpose')
    .action(async () => finish(await (await load.evidence()).forget()));
}

function addExchange(evidence: Command, finish: Finish): void {
  evidence
    .command('export')
    .description('statements with all that somebody else needs to check them, as JSON')
    .argument('[artifact]', 'only about this file, folder, image layout or digest')
    .option('-o, --output <file>', 'a file instead of standard output')
    .action(async (path: string | undefined, options) => finish(await (await load.evidence()).exportTo(path, options)));
  evidence
    .command('import')
    .description('keep bundles of people you trust in the ledger')
    .argument('<files...>', 'bundles, or what `evidence export` wrote')
    .addOption(json())
    .action(async (files: string[], options) => finish(await (await load.evidence()).importFrom(files, options)));
}

function parseEntryNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A number of the log.');
  return Number(text);
}

const algorithm = (): Option =>
  new Option('--algorithm <name>', 'of the key').choices(['ecdsa-p256', 'ed25519']).default('ecdsa-p256');

function addKeys(key: Command, finish: Finish): void {
  key
    .command('show')
    .description('your keys, and whom you trust')
    .option('--public', 'only your public key, as PEM')
    .addOption(json())
    .action(async (options) => finish(await (await load.keys()).show(options)));
  for (const [name, description] of [
    ['create', 'make your keys'],
    ['rotate', 'a new key in place of yours; what the old one signed still counts'],
  ] as const) {
    key
      .command(name)
      .description(description)
      .option('--name <name>', 'whose it is: what policies compare `signedBy` with')
      .addOption(algorithm())
      .option('--sealed', 'under a passphrase: typed, or SLUICE_KEY_PASSPHRASE')
      .addOption(json())
      .action(async (options) => finish(await (await load.keys())[name](options)));
  }
  addTrust(key, finish);
}

function addTrust(key: Command, finish: Finish): void {
  key
    .command('trust')
    .description('count what somebody else signs')
    .argument('[file]', 'a public key (PEM)')
    .requiredOption('--name <name>', 'whose it is: what policies compare `signedBy` with')
    .addOption(new Option('--ledger', 'a key that signs checkpoints of ledgers'))
    .option('--certificate-identity <subject>', 'whoever holds this certificate, instead of a key')
    .option('--certificate-oidc-issuer <url>', 'and who says so')
    .action(async (file: string | undefined, options) => finish(await (await load.keys()).trust(file, options)));
  key
    .command('revoke')
    .description('nothing that a key signed counts any more')
    .argument('<key>', 'its id, or whose it is')
    .action(async (of: string) => finish(await (await load.keys()).revoke(of)));
}
