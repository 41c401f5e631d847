import { order } from '#core/order.ts';
import { Secret } from '#core/secret.ts';
import type { SecretSource } from '#core/secret-source.ts';

/**
 * Variables of the environment, and only those listed: a source that handed out any variable would hand out the credentials of
 * whoever runs the program.
 */
export function environmentSource(
  environment: Readonly<Record<string, string | undefined>>,
  listed: readonly string[],
): SecretSource {
  const held = new Map(listed.map((name) => [name.toUpperCase(), environment[name]]));
  const isSet = (name: string): boolean => held.get(name) !== undefined && held.get(name) !== '';
  return {
    get: async (name) => {
      const key = name.toUpperCase();
      return isSet(key) ? new Secret(held.get(key) ?? '') : undefined;
    },
    names: async () => [...held.keys()].filter(isSet).sort(order),
  };
}

/** Asks sources in their order; the first that has a secret answers. A source that fails stops it: another must not stand in for it. */
export const firstOf = (sources: readonly SecretSource[]): SecretSource => ({
  get: async (name, scope) => {
    for (const source of sources) {
      const secret = await source.get(name, scope);
      if (secret !== undefined) return secret;
    }
    return undefined;
  },
  names: async (scope) => {
    const names = new Set<string>();
    for (const source of sources) for (const name of await source.names(scope)) names.add(name);
    return [...names].sort(order);
  },
});
