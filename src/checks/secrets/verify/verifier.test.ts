import { describe, expect, test } from 'vitest';
import { Secret } from '#core/secret.ts';
import { SHIPPED } from '../rules.generated.ts';
import { judgeAnswer, requestFor, type Verifier } from './verifier.ts';
import { VERIFIERS } from './verifiers.ts';

const secret = new Secret('s/e?c$&ret');
const answer = (status: number, body = '') => ({ status, body, headers: {} });

test('the key goes where the provider wants it, untouched in a header and encoded in a path', () => {
  const verifier = { ...(VERIFIERS['telegram-bot-token'] as Verifier), header: ['x-key', 'v {secret}'] as const };
  const { url, headers } = requestFor(verifier, secret, 'http://127.0.0.1:1/');
  expect(url).toBe('http://127.0.0.1:1/bots%2Fe%3Fc%24%26ret/getMe');
  expect(headers['x-key']).toBe('v s/e?c$&ret');
});

test('a key as user name is encoded as RFC 7617 says', () => {
  const { headers } = requestFor(VERIFIERS['stripe-secret-key'] as Verifier, secret);
  expect(Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64').toString()).toBe('s/e?c$&ret:');
});

describe('what an answer proves', () => {
  const github = VERIFIERS['github-personal-access-token'] as Verifier;
  const slack = VERIFIERS['slack-bot-token'] as Verifier;
  test.each([
    [github, answer(200), 'active'],
    [github, answer(401), 'inactive'],
    [github, answer(500), 'unknown'],
    [github, answer(302), 'unknown'],
    [slack, answer(200, '{"ok":true,"team":"t"}'), 'active'],
    [slack, answer(200, '{"ok":false}'), 'inactive'],
    [slack, answer(429), 'unknown'],
  ] as const)('%#', (verifier, said, expected) => {
    expect(judgeAnswer(verifier, said)).toBe(expected);
  });
});

test('every provider is asked over https, and only to read', () => {
  for (const { base, method, body } of Object.values(VERIFIERS)) {
    expect(base).toMatch(/^https:\/\/[a-z0-9.-]+$/);
    expect(method === 'GET' || body === undefined || body.startsWith('{"query":"{')).toBe(true);
  }
});

test('every verifier is of a rule that exists', () => {
  const known = new Set(SHIPPED.rules.map(({ id }) => id));
  expect(Object.keys(VERIFIERS).filter((id) => !known.has(id))).toEqual([]);
});
