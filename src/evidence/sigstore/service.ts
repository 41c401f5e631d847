import { SluiceError } from '#core/error.ts';
import type { HttpAnswer, Network } from '#core/ports.ts';

/** A Sigstore service: where it is, and the network to reach it by. */
export interface Service {
  /** Without a slash at the end. */
  readonly url: string;
  readonly network: Network;
}

const TIMEOUT_MS = 30_000;

/**
 * Asks a service. What it says about a failure is not passed on: it may quote the token it was sent.
 *
 * @throws SluiceError `sigstore-failed`
 */
export async function ask(
  { url, network }: Service,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await network.request({
      method: 'POST',
      url: `${url}${path}`,
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify(body),
      timeoutMs: TIMEOUT_MS,
    });
  } catch (cause) {
    throw failed(url, (cause as Error).message, cause);
  }
  if (answer.status < 200 || answer.status > 299) throw failed(url, `status ${answer.status}`);
  return answer;
}

export function failed(url: string, why: string, cause?: unknown): SluiceError {
  return new SluiceError('sigstore-failed', `${new URL(url).host} did not do what it was asked: ${why}`, { cause });
}
