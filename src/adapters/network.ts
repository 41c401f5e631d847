import type { HttpAnswer, HttpRequest, Network } from '#core/ports.ts';

/** Answers to a question of ours are small; what is larger is not one. */
const MAX_BODY = 256 * 1024;

/**
 * The network. Redirects are not followed: a key must not travel on to a host that nobody named. Errors of the transport
 * reject, without the request's headers or URL in the message.
 */
export const network: Network = {
  async request({ method, url, headers, body, timeoutMs }: HttpRequest): Promise<HttpAnswer> {
    const signal = AbortSignal.timeout(timeoutMs);
    const init = { method, headers, redirect: 'manual', signal, ...(body === undefined ? {} : { body }) } as const;
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      // The cause of a failed fetch can carry the URL, and a URL can carry a key: only its kind goes on.
      throw new Error(`no answer (${kindOf(error)})`);
    }
    const bytes = await readBounded(response);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: bytes.toString('utf8'),
      bytes,
    };
  },
};

function kindOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: string } };
  return cause?.code ?? name;
}

async function readBounded(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BODY) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY);
}
