import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import { order } from '#core/order.ts';
import type { Network } from '#core/ports.ts';
import { Secret } from '#core/secret.ts';
import type { SecretScope, SecretSource } from '#core/secret-source.ts';
import { askServer, unexpected, type VaultServer } from './vault-server.ts';

/** Version 2 of the key-value engine of OpenBao and HashiCorp Vault. */
export interface KeyValueOptions extends VaultServer {
  /** The mount, then the path in it: `secret/shop/{environment}`. `{name}` in it makes one item of each secret. */
  readonly path: string;
  /** The field of an item that holds the value; by default the name of the secret, or `value` where the path has the name. */
  readonly field?: string;
}

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
  const answer = await askServer(network, options, `${mount}/data/${rest.join('/')}`);
  if (answer === undefined) return undefined;
  const checked = itemSchema.safeParse(answer);
  if (checked.success) return checked.data.data.data ?? undefined;
  throw unexpected('its answer is not one of a key-value engine of version 2');
}

async function listItems(network: Network, options: KeyValueOptions, scope: SecretScope): Promise<string[]> {
  if (!options.path.endsWith('/{name}')) return [];
  const [mount = '', ...rest] = pathOf(options.path.slice(0, -'/{name}'.length), scope, '').split('/');
  const answer = await askServer(network, options, `${mount}/metadata/${rest.join('/')}?list=true`);
  const checked = listSchema.safeParse(answer);
  return checked.success ? checked.data.data.keys.filter((key) => !key.endsWith('/')) : [];
}
