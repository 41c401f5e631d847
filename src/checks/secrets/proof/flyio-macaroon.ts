import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';
import { decodeBase64, randomBytes } from './text.ts';

/** MessagePack: an array of four (nonce, location, caveats, signature) whose first element is an array of three. */
const HEAD = [0x94, 0x93, 0xc4];

/** Fly.io's `fm2_` and `fm1r_` tokens are macaroons in MessagePack and base64; `fo1_` tokens are opaque. */
export function prove(secret: string): Proof {
  const macaroon = /^fm[12][ar]?_([A-Za-z0-9+/]+={0,3})/.exec(secret)?.[1];
  if (macaroon === undefined) return unknown('a token of the opaque kind');
  const bytes = decodeBase64(macaroon);
  return HEAD.every((byte, index) => bytes?.[index] === byte)
    ? proven('the token decodes to a macaroon')
    : refuted('the token does not decode to a macaroon');
}

export function generate(random: Random): string {
  const nonce = Buffer.concat([Buffer.from([...HEAD, 6]), randomBytes(random, 150)]);
  return `fm2_${nonce.toString('base64')}`;
}
