import type { HttpAnswer, HttpRequest } from '#core/ports.ts';
import type { Secret } from '#core/secret.ts';

/** What a provider said of a key. `unknown`: it did not answer, or not in a way that settles it. */
export type Verification = 'active' | 'inactive' | 'unknown';

/**
 * How to ask a provider whether a key is alive, as data. The question must be read-only and free of side effects: the
 * cheapest "who am I" that the provider documents.
 */
export interface Verifier {
  readonly provider: string;
  /** Where the provider answers; a self-hosted one is named by `--verify-endpoint PROVIDER=URL`. */
  readonly base: string;
  readonly method: 'GET' | 'POST';
  /** May hold `{secret}`, put in percent-encoded. */
  readonly path: string;
  /** The header that carries the key, and its value with `{secret}` or `{basic}` (the key as user name, no password). */
  readonly header?: readonly [name: string, value: string];
  readonly body?: string;
  /** Statuses that prove the key alive: a key without rights for the question is alive all the same. */
  readonly active: readonly number[];
  readonly inactive: readonly number[];
  /** For providers that answer 200 either way: the answer's body starts the proof of life with this. */
  readonly activeBody?: string;
}

const TIMEOUT_MS = 10_000;

/** The request that asks about one key. The only place where a secret is written out, and it goes to its own provider. */
export function requestFor(verifier: Verifier, secret: Secret, base: string = verifier.base): HttpRequest {
  const value = secret.reveal();
  const basic = Buffer.from(`${value}:`).toString('base64');
  const headers: Record<string, string> = { accept: 'application/json', 'user-agent': 'sluice' };
  const [name, template] = verifier.header ?? [];
  if (name !== undefined && template !== undefined) {
    headers[name] = template.replace('{secret}', () => value).replace('{basic}', () => basic);
  }
  return {
    method: verifier.method,
    url: base.replace(/\/$/, '') + verifier.path.replace('{secret}', () => encodeURIComponent(value)),
    headers,
    timeoutMs: TIMEOUT_MS,
    ...(verifier.body === undefined ? {} : { body: verifier.body }),
  };
}

/** What an answer proves. */
export function judgeAnswer(verifier: Verifier, answer: HttpAnswer): Verification {
  if (verifier.activeBody !== undefined && answer.status === 200) {
    return answer.body.includes(verifier.activeBody) ? 'active' : 'inactive';
  }
  if (verifier.active.includes(answer.status)) return 'active';
  return verifier.inactive.includes(answer.status) ? 'inactive' : 'unknown';
}
