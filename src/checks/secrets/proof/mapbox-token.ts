import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, parseObject } from './text.ts';

/** Mapbox tokens: `pk.`, `sk.` or `tk.`, a JSON object in base64url with the account (`u`) and the token's id (`a`), and a signature. */
export function prove(secret: string): Proof {
  const encoded = secret.split('.')[1] ?? '';
  const object = parseObject(decodeBase64(encoded)?.toString('utf8') ?? '');
  return typeof object?.['u'] === 'string' && typeof object['a'] === 'string'
    ? proven('the token names its account')
    : refuted('the token does not name an account, as it should');
}

/** The argument is the kind: `pk` (the default), `sk` or `tk`. */
export function generate(random: Random, kind = 'pk'): string {
  const object = {
    u: randomText(random, ALPHABETS.lower, 9),
    a: `cl${randomText(random, ALPHABETS.alnum, 22).toLowerCase()}`,
  };
  return `${kind}.${Buffer.from(JSON.stringify(object)).toString('base64url')}.${randomText(random, ALPHABETS.base64url, 21)}A`;
}
