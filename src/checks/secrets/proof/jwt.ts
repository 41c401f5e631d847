import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, parseObject } from './text.ts';

/**
 * A JSON Web Token in compact form (RFC 7519): the header must be an object with `alg`, the payload an object. An
 * expiry does not refute: a scan has no clock, and an expired token still shows who signs what, and for how long.
 */
export function prove(secret: string): Proof {
  const [first = '', second = '', signature] = secret.split('.');
  const header = objectIn(first);
  if (header === undefined) return refuted('the header is not a JSON object');
  if (typeof header['alg'] !== 'string') return refuted('the header names no algorithm');
  if (typeof header['enc'] === 'string') return proven('the header is that of an encrypted token');
  const payload = objectIn(second);
  if (payload === undefined) return refuted('the payload is not a JSON object');
  if (header['alg'].toLowerCase() === 'none') return refuted('header and payload parse, but the token is not signed');
  if (signature === undefined || signature === '')
    return refuted('header and payload parse, but the signature is missing');
  return typeof payload['exp'] === 'number'
    ? proven('header and payload parse, and the token has an expiry')
    : proven('header and payload parse, and the token never expires');
}

const objectIn = (part: string): Readonly<Record<string, unknown>> | undefined => {
  const bytes = decodeBase64(part.replace(/\\/g, ''));
  return bytes === undefined ? undefined : parseObject(bytes.toString('utf8'));
};

/** `generate(random)` never expires; the argument `exp` gives it an expiry. */
export function generate(random: Random, arg?: string): string {
  const header = { alg: 'HS256', typ: 'JWT' };
  const payload = { sub: randomText(random, ALPHABETS.alnum, 12), iat: 1_700_000_000 + random(1_000_000) };
  const claims = arg === 'exp' ? { ...payload, exp: payload.iat + 3600 } : payload;
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  // 43 characters are 32 bytes; the last of them may only be one whose two low bits are zero.
  return `${encode(header)}.${encode(claims)}.${randomText(random, ALPHABETS.base64url, 42)}${randomText(random, 'AEIMQUYcgkosw048', 1)}`;
}
