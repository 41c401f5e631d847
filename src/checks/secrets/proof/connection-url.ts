import { ALPHABETS, randomText } from '../random.ts';
import { isPlaceholder } from './placeholder.ts';
import { type Proof, proven, type Random, refuted, unknown } from './proof.ts';

/** Longer than any URL that a driver takes; bounds the time on hostile text. */
const LONGEST = 4000;
const SCHEME = /^[a-z][a-z0-9+.-]{0,30}$/i;

/** Names that only ever mean this machine, or that RFC 2606 and RFC 6761 set aside for documentation and tests. */
const NOWHERE =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1\]?|(?:.*\.)?example(?:\.(?:com|org|net))?|.*\.(?:test|invalid|localhost))$/i;

/**
 * A database or service URL with a password in it: `scheme://name:password@host`. Proven where the password is not a
 * placeholder and the host is not a reserved name; a password for `localhost` is most often that of a test container.
 */
export function prove(secret: string, match: string): Proof {
  const parts = split(match.includes('://') ? match : secret);
  if (parts === undefined) return unknown('the URL does not parse');
  const { name, password, host } = parts;
  if (isPlaceholder(decode(password))) return refuted('the password is a placeholder');
  if (password.toLowerCase() === name.toLowerCase()) return refuted('the password repeats the user name');
  if (NOWHERE.test(host)) return refuted('the host is this machine or a reserved name');
  return host === '' || isPlaceholder(host) || /[${}<>%]/.test(host)
    ? unknown('the host is a placeholder')
    : proven('the URL has a password for a host with a name of its own');
}

interface UrlParts {
  readonly name: string;
  readonly password: string;
  readonly host: string;
}

/** By hand, since templates in a password (`{{ pw }}`, `${PW}`) are no part of a URL that a parser would accept. */
function split(text: string): UrlParts | undefined {
  const colon = text.indexOf('://');
  const rest = text.slice(colon + 3);
  const at = rest.lastIndexOf('@');
  const scheme = /[A-Za-z0-9+.-]*$/.exec(text.slice(Math.max(0, colon - 32), colon))?.[0] ?? '';
  if (colon === -1 || at === -1 || text.length > LONGEST || !SCHEME.test(scheme)) return undefined;
  const separator = rest.indexOf(':');
  if (separator === -1 || separator > at) return undefined;
  return {
    name: rest.slice(0, separator),
    password: rest.slice(separator + 1, at),
    host: /^\[[^\]]*\]|^[^\s:/?#,"'`]*/.exec(rest.slice(at + 1))?.[0] ?? '',
  };
}

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** The argument is the scheme, `postgres` by default. */
export function generate(random: Random, scheme = 'postgres'): string {
  return `${scheme}://app:${randomText(random, ALPHABETS.alnum, 18)}@db-${randomText(random, '0123456789', 4)}.internal.corp:5432/orders`;
}
