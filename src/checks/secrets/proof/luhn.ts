import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';

/** Card numbers end in a Luhn check digit (ISO/IEC 7812-1). Spaces and hyphens between the digits do not count. */
export function prove(secret: string): Proof {
  const digits = secret.replace(/[ -]/g, '');
  return /^\d{12,19}$/.test(digits) && luhnSum(digits) % 10 === 0
    ? proven('the Luhn check digit matches')
    : refuted('the Luhn check digit does not match');
}

function luhnSum(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

/** The argument is what the number starts with, `4` by default; the whole has 16 digits. */
export function generate(random: Random, start = '4'): string {
  const body = start + randomText(random, ALPHABETS.digits, 15 - start.length);
  return body + ((10 - (luhnSum(`${body}0`) % 10)) % 10);
}
