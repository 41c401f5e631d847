import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, parseObject } from './text.ts';

/**
 * Sentry's organization tokens: `sntrys_`, a JSON object in base64 that names the organization and its server, `_`, and
 * 43 characters of secret (RFC 91 of Sentry's own series, "CI upload tokens").
 */
export function prove(secret: string): Proof {
  const encoded = /^sntrys_([A-Za-z0-9+/-]+={0,2})_/.exec(secret)?.[1];
  const object = encoded === undefined ? undefined : parseObject(decodeBase64(encoded)?.toString('utf8') ?? '');
  return typeof object?.['org'] === 'string' && 'region_url' in object
    ? proven('the token names its organization and region')
    : refuted('the token does not name an organization and region, as it should');
}

export function generate(random: Random): string {
  const issued = 1_700_000_000 + random(10_000_000);
  const object = {
    iat: issued,
    url: 'https://sentry.io',
    region_url: 'https://us.sentry.io',
    org: randomText(random, ALPHABETS.alnum, 8),
  };
  return `sntrys_${Buffer.from(JSON.stringify(object)).toString('base64')}_${randomText(random, ALPHABETS.alnum, 43)}`;
}
