import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, randomBytes } from './text.ts';

const LOCATIONS = ['pypi.org', 'test.pypi.org'];
const VERSION = 2;
const LOCATION = 1;
const IDENTIFIER = 2;
const SIGNATURE = 6;

/** A PyPI token is `pypi-` and a macaroon (version 2, binary): its location must be PyPI and its signature the end. */
export function prove(secret: string): Proof {
  const bytes = decodeBase64(secret.slice(secret.indexOf('-') + 1));
  if (bytes?.[0] !== VERSION || bytes[1] !== LOCATION) return refuted('the token does not decode to a macaroon');
  const length = bytes[2] ?? 0;
  const location = bytes.toString('latin1', 3, 3 + length);
  if (!LOCATIONS.includes(location)) return refuted('the macaroon is not one of PyPI');
  if (bytes[3 + length] !== IDENTIFIER) return refuted('the macaroon has no identifier');
  const tail = bytes.subarray(-34);
  return tail[0] === SIGNATURE && tail[1] === 32
    ? proven('the token decodes to a PyPI macaroon with its signature')
    : refuted('the macaroon is cut off before its signature');
}

export function generate(random: Random): string {
  const location = Buffer.from('pypi.org');
  const identifier = Buffer.from(randomBytes(random, 18).toString('hex'));
  const caveat = Buffer.from(`[0, ${random(1_000_000)}]`);
  const field = (type: number, value: Buffer): Buffer => Buffer.concat([Buffer.from([type, value.length]), value]);
  const macaroon = [
    Buffer.from([VERSION]),
    field(LOCATION, location),
    field(IDENTIFIER, identifier),
    Buffer.from([0]),
    field(IDENTIFIER, caveat),
    Buffer.from([0, 0]),
    field(SIGNATURE, randomBytes(random, 32)),
  ];
  return `pypi-${Buffer.concat(macaroon).toString('base64url')}`;
}
