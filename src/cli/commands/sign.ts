import { repositoryOf } from '#app/repository.ts';
import {
  approveArtifact,
  attestArtifact,
  predicateName,
  type SignedArtifact,
  type SigningRequest,
  signArtifact,
} from '#app/signing.ts';
import { sigstoreOf } from '#app/sigstore.ts';
import { SluiceError } from '#core/error.ts';
import { print, writeReport } from '../output.ts';
import { askPassphrase } from '../passphrase.ts';

interface Options {
  readonly output?: string;
  readonly ledger: boolean;
  readonly sigstore?: boolean;
  readonly identityToken?: string;
  readonly json?: boolean;
}

export async function sign(path: string, options: Options): Promise<number> {
  return await finish(path, options, await signArtifact(path, await request(options)));
}

export async function attest(
  path: string,
  options: Options & { readonly predicate: string; readonly type: string },
): Promise<number> {
  const { type, predicate } = options;
  return await finish(path, options, await attestArtifact(path, type, predicate, await request(options)));
}

export async function approve(
  path: string,
  environment: string,
  options: Options & { readonly comment?: string; readonly for?: number },
): Promise<number> {
  const { comment, for: hours } = options;
  const said = {
    ...(comment === undefined ? {} : { comment }),
    ...(hours === undefined ? {} : { hours }),
  };
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(environment)) {
    throw new SluiceError('environment-invalid', 'an environment has a name of lower-case letters, digits and hyphens');
  }
  return await finish(path, options, await approveArtifact(path, environment, said, await request(options)));
}

async function request({ ledger, sigstore, identityToken }: Options): Promise<SigningRequest> {
  const repository = repositoryOf(process.cwd());
  const own = { repository, keep: ledger, passphrase: askPassphrase() };
  if (sigstore !== true) return own;
  return { ...own, ...(await sigstoreOf(identityToken)) };
}

/** `app.tgz.sigstore.json` is its signature; what else is said of it has its own file. */
function ending(type: string): string {
  const name = predicateName(type);
  if (name === 'signature') return '.sigstore.json';
  return `.${/^[a-z]+$/.test(name) ? name : 'statement'}.sigstore.json`;
}

function* lineOf(value: unknown): Generator<string, void> {
  yield `${JSON.stringify(value)}\n`;
}

/** The bundle goes into a file, also where the ledger has it: it is what travels with the artifact. */
async function finish(path: string, { output, json }: Options, signed: SignedArtifact): Promise<number> {
  const { artifact, statement, bundle, receipt } = signed;
  const beside =
    artifact.kind === 'digest' ? undefined : `${path.replace(/\/+$/, '')}${ending(statement.predicateType)}`;
  const file = output ?? beside;
  if (file !== undefined) writeReport(file, lineOf(bundle));
  for (const { message } of receipt?.problems ?? []) process.stderr.write(`sluice: ${message}\n`);
  if (json === true) {
    const { kind, digest } = artifact;
    const entry = receipt === undefined ? {} : { entry: receipt.index };
    const written = file === undefined ? {} : { bundle: file };
    const answer = {
      version: 1,
      artifact: { path, kind, digest },
      type: statement.predicateType,
      ...written,
      ...entry,
    };
    await print(`${JSON.stringify(answer, null, 2)}\n`);
    return 0;
  }
  const [digest] = Object.entries(artifact.digest).map(([algorithm, value]) => `${algorithm}:${value}`);
  const lines = [
    `signed ${path}`,
    `  ${digest}`,
    ...(file === undefined ? [] : [`  bundle ${file}`]),
    ...(receipt === undefined ? [] : [`  entry ${receipt.index} of the ledger`]),
  ];
  await print(`${lines.join('\n')}\n`);
  return 0;
}
