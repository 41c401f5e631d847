import type { Random } from './proof.ts';

export function randomBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random(256)));
}

/** A non-negative integer in any base up to the alphabet's length, filled up at the left with the alphabet's zero. */
export function toBase(value: number, alphabet: string, width: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / alphabet.length)) {
    text = alphabet.charAt(rest % alphabet.length) + text;
  }
  return text.padStart(width, alphabet.charAt(0));
}

const BASE64_TEXT = /^[A-Za-z0-9+/_-]+={0,3}$/;

/** The bytes of base64 or base64url text, or `undefined` where the text is not that (Node itself skips what it does not know). */
export function decodeBase64(text: string): Buffer | undefined {
  return BASE64_TEXT.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** The object that JSON text holds, or `undefined` for anything else. */
export function parseObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
