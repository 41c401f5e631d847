import type { Resolve } from './route.ts';
import { hostName, type Rules } from './rules.ts';

/** A connection that was tried through the proxy: what an event says, but for the time. */
export interface Tried {
  readonly step: string;
  readonly host: string;
  readonly port: number;
  readonly allowed: boolean;
  readonly reason?: string;
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
}

/** What forwarding and tunnelling need to know of the proxy. */
export interface Exchange {
  readonly rules: Rules;
  readonly resolve: Resolve;
  readonly step: string;
  readonly onTried: (tried: Tried) => void;
}

/** `host:port` as CONNECT and absolute addresses have it. */
export function authority(text: string, otherwise?: number): { host: string; port: number } | undefined {
  const [, name = '', digits] = /^(\[[0-9a-f:.]+\]|[^:@/?#\s[\]]+)(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = hostName(name);
  const port = digits === undefined ? otherwise : Number(digits);
  return host === undefined || port === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
