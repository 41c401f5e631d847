import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import type { Network } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import type { SecretScope, SecretSource } from '#core/secret-source.ts';

/** Version 2 of the key-value engine of OpenBao and HashiCorp Vault. */
export interface KeyValueOptions {
  /** `https://bao.example:8200`, from who runs the program and never from the repository: the token goes there. */
  readonly address: string;
  readonly token: Secret;
  /** The mount, then the path in it: `secret/shop/{environment}`. `{name}` in it makes one item of each secret. */
  readonly path: string;
  /** The field of an item that holds the value; by default the name of the secret, or `value` where the path has the name. */
  readonly field?: string;
  readonly namespace?: string;
}

const TIMEOUT_MS = 10_000;
/** What stands in for `{environment}` where a secret is asked for without one. */
const NO_ENVIRONMENT = 'default';

const itemSchema = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }) });
const listSchema = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** Secrets of a server. An item is asked for once and kept for the life of the source, so that a run sees one state of it. */
export function keyValueSource(network: Network, options: KeyValueOptions): SecretSource {
  const items = new Map<string, Promise<Readonly<Record<string, unknown>> | undefined>>();
  const item = (path: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
    let answer = items.get(path);
    if (answer === undefined) {
      answer = readItem(network, options, path);
      items.set(path, answer);
    }
    return answer;
  };
  const perName = options.path.includes('{name}');
  return {
    get: async (name, scope = {}) => {
      const fields = (await item(pathOf(options.path, scope, name))) ?? {};
      const wanted = options.field ?? (perName ? 'value' : name);
      const found = Object.entries(fields).find(([field]) => field.toUpperCase() === wanted.toUpperCase());
      return found === undefined ? undefined : textOf(found[1], name);
    },
    names: async (scope = {}) => {
      const found = perName
        ? await listItems(network, options, scope)
        : Object.keys((await item(pathOf(options.path, scope, ''))) ?? {});
      return [...new Set(found.map((name) => name.toUpperCase()))].sort(order);
    },
  };
}

function textOf(value: unknown, name: string): Secret {
  if (typeof value === 'string') return new Secret(value);
  if (typeof value === 'number' || typeof value === 'boolean') return new Secret(String(value));
  throw new SluiceError('secret-invalid', `the value of ${name} on the server is no text`);
}

/** A name is data: it must stay one part of the path. */
function pathOf(template: string, { environment = NO_ENVIRONMENT }: SecretScope, name: string): string {
  const filled = template.replaceAll('{environment}', environment).replaceAll('{name}', name);
  const parts = filled.split('/');
  if (parts.length > 1 && parts.every((part) => /^[\w.@ -]+$/.test(part) && part !== '.' && part !== '..'))
    return filled;
  const hint = 'Such as secret/shop/{environment}: the mount, then the path of the item.';
  throw new SluiceError('vault-path-invalid', 'this is no path of a key-value engine', { hint });
}

async function readItem(network: Network, options: KeyValueOptions, path: string) {
  const [mount = '', ...rest] = path.split('/');
  const answer = await ask(network, options, `${mount}/data/${rest.join('/')}`);
  if (answer === undefined) return undefined;
  const checked = itemSchema.safeParse(answer);
  if (checked.success) return checked.data.data.data ?? undefined;
  throw unexpected('its answer is not one of a key-value engine of version 2');
}

async function listItems(network: Network, options: KeyValueOptions, scope: SecretScope): Promise<string[]> {
  if (!options.path.endsWith('/{name}')) return [];
  const [mount = '', ...rest] = pathOf(options.path.slice(0, -'/{name}'.length), scope, '').split('/');
  const answer = await ask(network, options, `${mount}/metadata/${rest.join('/')}?list=true`);
  const checked = listSchema.safeParse(answer);
  return checked.success ? checked.data.data.keys.filter((key) => !key.endsWith('/')) : [];
}

/** The parsed answer; `undefined` for what the server does not have. No message holds the token, a path or an answer. */
async function ask(network: Network, { address, token, namespace }: KeyValueOptions, path: string): Promise<unknown> {
  const url = `${address.replace(/\/+$/, '')}/v1/${path.replaceAll(' ', '%20')}`;
  const headers = {
    'X-Vault-Token': token.reveal(),
    'X-Vault-Request': 'true',
    ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
  };
  let answer: Awaited<ReturnType<Network['request']>>;
  try {
    answer = await network.request({ method: 'GET', url, headers, timeoutMs: TIMEOUT_MS });
  } catch (cause) {
    const hint = 'Check BAO_ADDR or VAULT_ADDR, and that the server runs and is unsealed.';
    throw new SluiceError('vault-unreachable', 'the vault server does not answer', { hint, cause });
  }
  if (answer.status === 404) return undefined;
  if (answer.status === 403 || answer.status === 401) {
    const hint = 'The token may have expired, or its policy does not let it read there.';
    throw new SluiceError('vault-refused', 'the vault server refuses the token', { hint });
  }
  if (answer.status !== 200) throw unexpected(`it answers with status ${answer.status}`);
  try {
    return JSON.parse(answer.body);
  } catch {
    throw unexpected('its answer is no JSON, or too long');
  }
}

const unexpected = (what: string): SluiceError =>
  new SluiceError('vault-failed', `the vault server cannot be used: ${what}`);

/**
 * The address of a server: HTTPS, or HTTP on this machine.
 *
 * @throws SluiceError `vault-address-invalid`
 */
export function checkAddress(address: string): string {
  const url = URL.parse(address);
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocal);
  if (url !== null && isSafe && url.username === '' && url.search === '') return address;
  const hint = 'Such as https://bao.example:8200. Without TLS anyone on the way could read the token.';
  throw new SluiceError('vault-address-invalid', 'this is no address of a vault server', { hint });
}
