import { SluiceError } from '#core/error.ts';
import type { Network } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';

/** A server of OpenBao or HashiCorp Vault. */
export interface VaultServer {
  /** `https://bao.example:8200`, from who runs the program and never from the repository: the token goes there. */
  readonly address: string;
  readonly token: Secret;
  readonly namespace?: string;
}

const TIMEOUT_MS = 10_000;

/**
 * The parsed answer; `undefined` for what the server does not have. With a body it is a POST.
 *
 * @throws SluiceError `vault-unreachable`, `vault-refused`, `vault-failed`; no message holds the token, a path or an answer
 */
export async function askServer(
  network: Network,
  { address, token, namespace }: VaultServer,
  path: string,
  body?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const url = `${address.replace(/\/+$/, '')}/v1/${path.replaceAll(' ', '%20')}`;
  const headers = {
    'X-Vault-Token': token.reveal(),
    'X-Vault-Request': 'true',
    ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
  };
  const request =
    body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body: JSON.stringify(body) };
  let answer: Awaited<ReturnType<Network['request']>>;
  try {
    answer = await network.request({ ...request, url, headers, timeoutMs: TIMEOUT_MS });
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

/** What the server said makes no sense. */
export const unexpected = (what: string): SluiceError =>
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
