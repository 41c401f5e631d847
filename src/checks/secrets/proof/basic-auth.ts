import { ALPHABETS, randomText } from '../random.ts';
import { isPlaceholder } from './placeholder.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64 } from './text.ts';

/** Base64 of `name:password` (RFC 7617), as in `Authorization: Basic` and in Docker's `auth`. */
export function prove(secret: string): Proof {
  const text = decodeBase64(secret)?.toString('utf8') ?? '';
  const colon = text.indexOf(':');
  if (colon === -1 || !/^[\x20-\x7e]*$/.test(text))
    return refuted('the value does not decode to a name and a password');
  const name = text.slice(0, colon);
  const password = text.slice(colon + 1);
  // Some services take the key as the name and leave the password empty.
  if (isPlaceholder(password === '' ? name : password)) return refuted('the value decodes to a placeholder');
  return proven('the value decodes to a name and a password');
}

/** The argument is how long name and password are: `9,20` by default. */
export function generate(random: Random, lengths = '9,20'): string {
  const [name = 9, password = 20] = lengths.split(',').map(Number);
  return Buffer.from(
    `${randomText(random, ALPHABETS.alnum, name)}:${randomText(random, ALPHABETS.alnum, password)}`,
  ).toString('base64');
}
