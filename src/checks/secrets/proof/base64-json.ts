import { ALPHABETS, randomText } from '../random.ts';
import { type Proof, proven, type Random, refuted } from './proof.ts';
import { decodeBase64, parseObject } from './text.ts';

/** Tokens that carry a JSON object in base64 after a prefix: 1Password `ops_`, Grafana Cloud `glc_`, Sentry `sntrys_`. */
export function prove(secret: string): Proof {
  // `{"` is `eyJ` in base64, whatever follows.
  const encoded = /eyJ[A-Za-z0-9+/_-]*={0,3}/.exec(secret)?.[0];
  const bytes = encoded === undefined ? undefined : decodeBase64(encoded);
  return bytes !== undefined && parseObject(bytes.toString('utf8')) !== undefined
    ? proven('the token decodes to a JSON object')
    : refuted('the token does not decode to the JSON object it should hold');
}

/** The argument is the prefix, then (after a comma) how many random characters the object holds: `ops_,200`. */
export function generate(random: Random, arg = ''): string {
  const [prefix = '', size = '60'] = arg.split(',');
  const object = { n: randomText(random, ALPHABETS.alnum, 6), k: randomText(random, ALPHABETS.alnum, Number(size)) };
  return prefix + Buffer.from(JSON.stringify(object)).toString('base64');
}
