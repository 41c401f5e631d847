import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64 } from './text.ts';

/** Snowflakes count milliseconds from 2015 in their upper 42 bits, so an id of today has 17 to 19 digits. */
const SNOWFLAKE = /^\d{17,19}$/;

/** A bot token is the bot's user id in base64, a time stamp and a signature, joined by points. */
export function prove(secret: string): Proof {
  const id = decodeBase64(secret.split('.')[0] ?? '')?.toString('latin1') ?? '';
  return SNOWFLAKE.test(id)
    ? proven('the first part decodes to a Discord user id')
    : refuted('the first part does not decode to a Discord user id');
}

export function generate(random: Random): string {
  const id = `${1 + random(9)}${randomText(random, '0123456789', 17)}`;
  const first = Buffer.from(id).toString('base64url');
  return `${first}.${randomText(random, 'GHXY', 1)}${randomText(random, ALPHABETS.base64url, 5)}.${randomText(random, ALPHABETS.base64url, 38)}`;
}
