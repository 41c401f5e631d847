import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { SluiceError } from '#core/error.ts';
import type { NetworkPolicy } from '#core/sandbox.ts';
import { canonicalAddress } from './addresses.ts';

/** One entry of a list. `ports` is what it says, or 443 and 80 where it says none. */
interface Rule {
  readonly host: string;
  readonly subdomains: boolean;
  readonly port: number | undefined;
}

/** What a job may reach, ready to be asked. */
export interface Rules {
  /** Whether the list has this host with this port. */
  allows(host: string, port: number): boolean;
  /** Whether an entry names this very address: only then may it be private. */
  names(address: string, port: number): boolean;
  /** Whether an entry names the host with this port, not only by default (or learning lets everything pass): then other protocols than HTTP and TLS pass too. */
  namesPort(host: string, port: number): boolean;
}

const DEFAULT_PORTS = [443, 80];
const WRITTEN = /^[\p{L}\p{N}\p{M}._-]{1,300}$/u;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Reads the list of a policy; an entry that means nothing is a SluiceError `network-rule-invalid`. */
export function networkRules(policy: NetworkPolicy): Rules {
  const rules = policy.mode === 'closed' ? [] : policy.allow.map(parse);
  const learns = policy.mode === 'learn';
  const matches = (rule: Rule, host: string, port: number): boolean =>
    (rule.port === undefined ? DEFAULT_PORTS.includes(port) : rule.port === port) &&
    (rule.subdomains ? host.endsWith(`.${rule.host}`) : host === rule.host);
  return {
    allows: (host, port) => learns || rules.some((rule) => matches(rule, host, port)),
    names: (address, port) => rules.some((rule) => matches(rule, canonicalAddress(address), port)),
    namesPort: (host, port) => learns || rules.some((rule) => rule.port === port && matches(rule, host, port)),
  };
}

function parse(text: string): Rule {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  const given = bracketed ?? plain ?? '';
  const subdomains = given.startsWith('*.');
  const host = hostName(subdomains ? given.slice(2) : given);
  const number = port === undefined ? undefined : Number(port);
  const sensible = host !== undefined && !(subdomains && isIP(host) > 0);
  if (!sensible || (number !== undefined && (number < 1 || number > 65_535))) {
    throw new SluiceError('network-rule-invalid', `${JSON.stringify(text)} is no entry of a network list.`, {
      hint: 'Write host, host:port, *.domain, or an address such as 10.0.0.5:8080.',
    });
  }
  return { host, subdomains, port: number };
}

/**
 * A host in the one way that rules and requests are compared: lower-case ASCII without a final dot, or a canonical address.
 * `undefined` for what is neither a name nor an address, such as `127.1` or `0x7f000001`, which some resolvers take for one.
 */
export function hostName(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) > 0) return bare.includes('%') ? undefined : canonicalAddress(bare);
  // Node's conversion stops at what ends a host in an address, so that nothing of the kind may be there.
  if (!WRITTEN.test(bare)) return undefined;
  const ascii = domainToASCII(bare.replace(/\.$/, ''));
  const labels = ascii.split('.');
  const last = labels.at(-1) ?? '';
  const isName =
    ascii.length <= 253 && labels.every((label) => LABEL.test(label)) && !/^(?:\d+|0x[0-9a-f]*)$/.test(last);
  return isName ? ascii : undefined;
}
