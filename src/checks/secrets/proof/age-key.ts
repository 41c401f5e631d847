import { type Proof, proven, type Random, refuted } from './proof.ts';

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
const NAME = 'age-secret-key-';

/** An age identity is bech32 (BIP 173): the human-readable name, `1`, 52 characters of key, 6 of checksum. */
export function prove(secret: string): Proof {
  const text = secret.toLowerCase();
  const data = [...text.slice(NAME.length + 1)].map((character) => ALPHABET.indexOf(character));
  return text.startsWith(`${NAME}1`) && !data.includes(-1) && polymod([...expand(NAME), ...data]) === 1
    ? proven('the bech32 checksum matches')
    : refuted('the bech32 checksum does not match');
}

function expand(name: string): number[] {
  const codes = [...name].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of GENERATOR.entries()) if (((top >> bit) & 1) === 1) check ^= term;
  }
  return check;
}

export function generate(random: Random): string {
  const data = Array.from({ length: 52 }, () => random(32));
  // 52 characters hold 260 bits for a key of 256: the last four are padding and zero.
  data[51] = (data[51] ?? 0) & 16;
  const check = polymod([...expand(NAME), ...data, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let i = 5; i >= 0; i -= 1) data.push((check >>> (5 * i)) & 31);
  return `${NAME}1${data.map((value) => ALPHABET.charAt(value)).join('')}`.toUpperCase();
}
