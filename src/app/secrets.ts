import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '#adapters/clock.ts';
import { durableFile } from '#adapters/disk.ts';
import { network as machineNetwork } from '#adapters/network.ts';
import { SluiceError } from '#core/error.ts';
import type { Clock, Network } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import type { KeyService, SecretSource } from '#core/secret-source.ts';
import type { AgeKeys } from '#vault/age/decrypt.ts';
import { parseIdentities } from '#vault/age/identity.ts';
import { environmentSource, firstOf } from '#vault/environment-source.ts';
import { fileSource } from '#vault/file-source.ts';
import { keyValueSource } from '#vault/key-value.ts';
import type { MasterKind } from '#vault/master.ts';
import { openStore, type SecretStore } from '#vault/store.ts';
import { transitKey } from '#vault/transit.ts';
import { checkAddress, type VaultServer } from '#vault/vault-server.ts';
import { type Configuration, pathInside } from './configuration.ts';
import { userFolder } from './home.ts';
import { prepareState } from './notary.ts';
import { onDisk } from './written.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SecretOptions {
  readonly clock?: Clock;
  readonly environment: Environment;
  /** Asks a person; absent where nobody is there. */
  readonly ask?: (question: string) => Promise<Secret>;
  /** By default that of the machine, since a server is asked only where the configuration names it; `none` where nothing may be. */
  readonly network?: Network | 'none';
  readonly masterKey?: MasterKind | 'transit';
  /** The key of a transit engine, where one keeps master keys. */
  readonly transitKey?: string;
}

/** The store of a repository: `.sluice/secrets.json`, with its master key in the user's own folder or under a passphrase. */
export function openSecretStore(repository: string, options: SecretOptions): SecretStore {
  const { clock = systemClock, environment, masterKey = 'file' } = options;
  const file = durableFile(join(repository, '.sluice', 'secrets.json'));
  const keyFolder = join(userFolder(environment), 'vault');
  return openStore(
    {
      ...file,
      change: async (edit) =>
        await onDisk(repository, async () => {
          prepareState(repository);
          await file.change(edit);
        }),
    },
    {
      clock,
      kind: masterKey === 'transit' ? 'service' : masterKey,
      keys: {
        ...serviceOf(options),
        keyFile: (store) => ownFile(join(keyFolder, `${store}.json`)),
        passphrase: async (purpose) => await passphraseOf(options, purpose),
      },
    },
  );
}

/**
 * Where the runner takes secrets from: the store, then the sources of the configuration in their order. Nothing is opened or
 * asked before a secret is wanted.
 */
export function openSecretSource(
  configuration: Configuration,
  repository: string,
  options: SecretOptions,
): SecretSource {
  const { sources, masterKey, transitKey: key } = configuration.config.vault;
  const others = sources.map((source, index): SecretSource => {
    if (source.kind === 'environment') return environmentSource(options.environment, source.variables);
    if (source.kind === 'openbao') return serverSource(source, options);
    return fileSource({
      format: source.kind,
      path: source.file,
      read: (path) => {
        const file = pathInside(configuration, path, configuration.position(['vault', 'sources', index, 'file']));
        return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(file) : undefined;
      },
      keys: async () => ageKeys(options),
    });
  });
  const store = { ...options, masterKey, ...(key === undefined ? {} : { transitKey: key }) };
  return firstOf([openSecretStore(repository, store), ...others]);
}

type ServerConfig = Extract<Configuration['config']['vault']['sources'][number], { kind: 'openbao' }>;

/** The address and the token are the user's: a change of the repository must not choose where the token goes. */
function serverOf({ environment, network = machineNetwork }: SecretOptions): { server: VaultServer; network: Network } {
  const address = environment['BAO_ADDR'] ?? environment['VAULT_ADDR'];
  const hint = 'Set BAO_ADDR or VAULT_ADDR.';
  if (address === undefined)
    throw new SluiceError('vault-address-missing', 'which vault server is not known', { hint });
  if (network === 'none') throw new SluiceError('vault-offline', 'the vault server may not be asked offline');
  const namespace = environment['BAO_NAMESPACE'] ?? environment['VAULT_NAMESPACE'];
  const server = { address: checkAddress(address), token: tokenOf(environment) };
  return { server: namespace === undefined ? server : { ...server, namespace }, network };
}

function serverSource({ path, field, namespace }: ServerConfig, options: SecretOptions): SecretSource {
  let source: SecretSource | undefined;
  const opened = (): SecretSource => {
    const { server, network } = serverOf(options);
    const own = { path, ...(field === undefined ? {} : { field }), ...(namespace === undefined ? {} : { namespace }) };
    source ??= keyValueSource(network, { ...server, ...own });
    return source;
  };
  return {
    get: async (name, scope) => await opened().get(name, scope),
    names: async (scope) => await opened().names(scope),
  };
}

/** Nothing is asked of the server before a master key is wanted. */
function serviceOf(options: SecretOptions): { service?: KeyService } {
  const { transitKey: key, network, masterKey } = options;
  if (key === undefined) {
    if (masterKey !== 'transit') return {};
    const hint = 'Name it as `transitKey` under `vault` in sluice.yaml.';
    throw new SluiceError('transit-key-missing', 'which key keeps the master key is not said', { hint });
  }
  const online = network === undefined ? machineNetwork : network;
  return online === 'none' ? {} : { service: transitKey(online, () => serverOf(options).server, key) };
}

function tokenOf(environment: Environment): Secret {
  const { BAO_TOKEN, VAULT_TOKEN, HOME } = environment;
  const given = BAO_TOKEN ?? VAULT_TOKEN;
  if (given !== undefined && given !== '') return new Secret(given);
  const file = environment['BAO_TOKEN_FILE'] ?? environment['VAULT_TOKEN_FILE'] ?? join(HOME ?? '/', '.vault-token');
  const content = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (content !== '') return new Secret(content);
  const hint = 'Set BAO_TOKEN or VAULT_TOKEN, or VAULT_TOKEN_FILE to a file with it.';
  throw new SluiceError('vault-token-missing', 'there is no token for the vault server', { hint });
}

/** Identities where sops looks for them: a variable, a file that one names, else `age.txt` in the user's own folder. */
function ageKeys({ environment }: SecretOptions): AgeKeys {
  const { SOPS_AGE_KEY: inline, SOPS_AGE_KEY_FILE: named, SLUICE_AGE_PASSPHRASE: passphrase } = environment;
  if (passphrase !== undefined && passphrase !== '') return { passphrase: new Secret(passphrase) };
  if (inline !== undefined && inline !== '') return { identities: parseIdentities(new Secret(inline), 'SOPS_AGE_KEY') };
  const file = named ?? join(userFolder(environment), 'age.txt');
  if (!existsSync(file)) {
    const hint = `Put the identity of age into ${file}, or name its file in SOPS_AGE_KEY_FILE.`;
    throw new SluiceError('identity-missing', 'there is no identity of age to decrypt secrets with', { hint });
  }
  refuseExposed(file);
  return { identities: parseIdentities(new Secret(readFileSync(file, 'utf8')), file) };
}

/** A key that others can read is no key. */
function ownFile(path: string): ReturnType<typeof durableFile> {
  const file = durableFile(path);
  return {
    ...file,
    read: () => {
      refuseExposed(path);
      return file.read();
    },
  };
}

function refuseExposed(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || process.platform === 'win32' || (stats.mode & 0o077) === 0) return;
  const hint = `Others may have read it: make a new key, or \`chmod 600 ${file}\` if nobody else is on this machine.`;
  throw new SluiceError('key-exposed', `${file} can be read by others`, { hint });
}

async function passphraseOf({ environment, ask }: SecretOptions, purpose: 'open' | 'choose'): Promise<Secret> {
  const { SLUICE_SECRETS_PASSPHRASE: given, SLUICE_SECRETS_NEW_PASSPHRASE: chosen } = environment;
  const value = purpose === 'choose' ? (chosen ?? given) : given;
  if (value !== undefined && value !== '') return new Secret(value);
  if (ask === undefined) {
    const hint = 'Set SLUICE_SECRETS_PASSPHRASE, or run it in a terminal.';
    throw new SluiceError('passphrase-missing', 'the secrets are under a passphrase', { hint });
  }
  if (purpose === 'open') return await ask('Passphrase of the secrets: ');
  const first = await ask('New passphrase of the secrets: ');
  const second = await ask('Once more: ');
  if (first.reveal() !== second.reveal()) throw new SluiceError('passphrase-differs', 'the two are not the same');
  if (first.reveal().length < 8) throw new SluiceError('passphrase-weak', 'a passphrase has at least eight characters');
  return first;
}
