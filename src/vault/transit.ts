import { z } from 'zod';
import { SluiceError } from '#core/error.ts';
import type { Network } from '#core/ports.ts';
import type { KeyService } from '#core/secret-source.ts';
import { askServer, unexpected, type VaultServer } from './vault-server.ts';

const wrappedSchema = z.object({ data: z.object({ ciphertext: z.string().min(1).max(10_000) }) });
const keySchema = z.object({ data: z.object({ plaintext: z.base64().max(1_000) }) });

/**
 * A key of the transit engine of OpenBao or HashiCorp Vault, which never leaves the server: master keys are wrapped there.
 *
 * @param key the mount, then the name: `transit/shop`; of a type that takes associated data (`aes256-gcm96`)
 * @throws SluiceError `transit-key-invalid`
 */
export function transitKey(network: Network, server: () => VaultServer, key: string): KeyService {
  const [, mount, name] = /^((?:[\w-]+\/)*[\w-]+)\/([\w.-]+)$/.exec(key) ?? [];
  if (mount === undefined || name === undefined || /^\.+$/.test(name)) {
    const hint = 'The mount, then the name: transit/shop.';
    throw new SluiceError('transit-key-invalid', 'this is no key of a transit engine', { hint });
  }
  const ask = async (action: 'encrypt' | 'decrypt', body: Readonly<Record<string, string>>): Promise<unknown> => {
    const answer = await askServer(network, server(), `${mount}/${action}/${name}`, body);
    if (answer === undefined) throw unexpected(`it has no key ${key}`);
    return answer;
  };
  const bound = (context: string): { associated_data: string } => ({
    associated_data: Buffer.from(context).toString('base64'),
  });
  return {
    id: `transit:${key}`,
    wrap: async (plaintext, context) => {
      const body = { plaintext: Buffer.from(plaintext).toString('base64'), ...bound(context) };
      const checked = wrappedSchema.safeParse(await ask('encrypt', body));
      if (!checked.success) throw unexpected('its answer is not one of a transit engine');
      return Buffer.from(checked.data.data.ciphertext, 'utf8');
    },
    unwrap: async (wrapped, context) => {
      const body = { ciphertext: Buffer.from(wrapped).toString('utf8'), ...bound(context) };
      const checked = keySchema.safeParse(await ask('decrypt', body));
      if (!checked.success) throw unexpected('its answer is not one of a transit engine');
      return Buffer.from(checked.data.data.plaintext, 'base64');
    },
  };
}
