import { loadConfiguration } from '#app/configuration.ts';
import { repositoryOf } from '#app/repository.ts';
import { openSecretStore } from '#app/secrets.ts';
import { SluiceError } from '#core/error.ts';
import type { Secret } from '#core/secret.ts';
import { print } from '../output.ts';
import { askHidden, canAsk, readSecret } from '../prompt.ts';

type SecretStore = ReturnType<typeof openSecretStore>;
type SecretSummary = ReturnType<SecretStore['list']>[number];

interface Options {
  readonly environment?: string;
  readonly json?: boolean;
  readonly to?: 'file' | 'passphrase' | 'transit';
}

/** The value comes from a person at the terminal or from standard input: an argument stands in every list of processes. */
export async function set(name: string, options: Options, words: number): Promise<number> {
  if (words > 1) {
    const hint =
      'It stands in the history of your shell and in the list of processes: choose another, and type or pipe it.';
    throw new SluiceError('secret-in-arguments', 'a value is never an argument', { hint });
  }
  const value = canAsk() ? await askHidden(`Value of ${name}: `) : await readSecret();
  const summary = await open().set(name, value, scopeOf(options));
  await print(
    options.json === true ? json(summary) : `${summary.name} is set${whereOf(summary)} (version ${summary.version}).\n`,
  );
  return 0;
}

export async function list(options: Options): Promise<number> {
  const secrets = open()
    .list()
    .filter(({ environment }) => options.environment === undefined || environment === options.environment);
  if (options.json === true) {
    await print(json(secrets));
    return 0;
  }
  const lines = secrets.map((secret) => [
    secret.name,
    secret.environment ?? '',
    String(secret.version),
    secret.changedAt,
  ]);
  await print(
    lines.length === 0 ? 'There are no secrets.\n' : table([['NAME', 'ENVIRONMENT', 'VERSION', 'CHANGED'], ...lines]),
  );
  return 0;
}

/** Exit code 1 where there was none, so that a script notices a misspelt name. */
export async function remove(name: string, options: Options): Promise<number> {
  const removed = await open().remove(name, scopeOf(options));
  if (options.json === true) await print(json({ name: name.toUpperCase(), removed }));
  else await print(removed ? `${name.toUpperCase()} is removed.\n` : `There is no ${name.toUpperCase()}.\n`);
  return removed ? 0 : 1;
}

export async function rotate(options: Options): Promise<number> {
  const count = await open(options.to).rotate(options.to === 'transit' ? 'service' : options.to);
  await print(options.json === true ? json({ rotated: count }) : `${count} secrets have a new master key.\n`);
  return 0;
}

function open(wanted?: Options['to']): SecretStore {
  const { masterKey, transitKey } = loadConfiguration('.', undefined).config.vault;
  return openSecretStore(repositoryOf('.'), {
    environment: process.env,
    masterKey: wanted ?? masterKey,
    ...(transitKey === undefined ? {} : { transitKey }),
    ...(canAsk() ? { ask: async (question: string): Promise<Secret> => await askHidden(question) } : {}),
  });
}

const scopeOf = ({ environment }: Options): { environment?: string } =>
  environment === undefined ? {} : { environment };
const whereOf = ({ environment }: SecretSummary): string => (environment === undefined ? '' : ` for ${environment}`);
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
