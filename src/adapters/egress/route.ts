import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { addressKind } from './addresses.ts';
import type { Rules } from './rules.ts';

/** Why a connection is not made; `reason` goes into the event, `status` to the client. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: string;
  readonly status: 403 | 502;

  constructor(reason: string, status: 403 | 502 = 403) {
    super(reason);
    this.reason = reason;
    this.status = status;
  }
}

/** Addresses of a name. By the host's resolver unless a test says otherwise. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const resolveByHost: Resolve = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const CONNECT_WITHIN_MS = 10_000;

/**
 * The addresses that a host may be reached at. It is asked for once, and what is connected to is what was judged: a name that
 * points elsewhere a moment later (rebinding) changes nothing.
 */
export async function route(host: string, port: number, rules: Rules, resolve: Resolve): Promise<readonly string[]> {
  const literal = isIP(host) > 0 && !rules.names(host, port) ? addressKind(host) : 'public';
  if (literal !== 'public') throw new Refused(literal);
  if (!rules.allows(host, port)) throw new Refused('not-listed');
  let addresses: readonly string[];
  try {
    addresses = isIP(host) > 0 ? [host] : await resolve(host);
  } catch {
    throw new Refused('no-address', 502);
  }
  const judged = addresses.map((address) => ({ address, kind: addressKind(address) }));
  const fine = judged.filter(({ address, kind }) => kind === 'public' || rules.names(address, port));
  if (fine.length > 0) return fine.map(({ address }) => address);
  const metadata = judged.some(({ kind }) => kind === 'metadata-address');
  if (judged.length === 0) throw new Refused('no-address', 502);
  throw new Refused(metadata ? 'metadata-address' : 'private-address');
}

/** Connects to the first address that answers. */
export async function reach(addresses: readonly string[], port: number): Promise<Socket> {
  for (const host of addresses) {
    const socket = await attempt(host, port);
    if (socket !== undefined) return socket;
  }
  throw new Refused('no-answer', 502);
}

function attempt(host: string, port: number): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    const fail = (): void => {
      socket.destroy();
      resolve(undefined);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, fail);
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}
