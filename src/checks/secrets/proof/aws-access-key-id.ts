import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';

const PREFIX = 4;
const MAX_ACCOUNT = 999_999_999_999n;
/** Of the first 48 bits: one that marks keys issued since 2019, then 40 of the account number, then 7 of other use. */
const MARK = 1n << 47n;
const ACCOUNT_SHIFT = 7n;

/**
 * The 16 characters after the prefix are base32. In keys issued since about 2019 they hold the number of the account
 * the key belongs to, which has at most twelve digits; about half of all invented keys fail that.
 */
export function prove(secret: string): Proof {
  const bits = firstBits(secret.slice(PREFIX));
  if (bits === undefined) return refuted('the characters are not base32');
  if ((bits & MARK) === 0n) return unknown('a key of the older kind, which does not name its account');
  return (bits ^ MARK) >> ACCOUNT_SHIFT <= MAX_ACCOUNT
    ? proven('the key decodes to an AWS account number')
    : refuted('the key decodes to a number no AWS account can have');
}

/** The first 48 of the 50 bits that ten base32 characters hold. */
function firstBits(text: string): bigint | undefined {
  let bits = 0n;
  for (const character of text.slice(0, 10)) {
    const value = ALPHABETS.base32.indexOf(character);
    if (value === -1) return undefined;
    bits = (bits << 5n) | BigInt(value);
  }
  return text.length < 10 ? undefined : bits >> 2n;
}

/** The argument is the prefix: `AKIA` (the default) for lasting keys, `ASIA` for temporary ones. */
export function generate(random: Random, prefix = 'AKIA'): string {
  const account = 100_000_000_000n + BigInt(random(900_000)) * 1_000_000n + BigInt(random(1_000_000));
  let bits = (MARK | (account << ACCOUNT_SHIFT) | BigInt(random(128))) << 2n;
  let text = '';
  for (let i = 0; i < 10; i += 1, bits >>= 5n) text = ALPHABETS.base32.charAt(Number(bits & 31n)) + text;
  return prefix + text + randomText(random, ALPHABETS.base32, 6);
}
