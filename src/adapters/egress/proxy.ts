import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { NetworkPolicy } from '#core/sandbox.ts';
import type { Exchange, Tried } from './exchange.ts';
import { forward } from './forward.ts';
import { type Resolve, resolveByHost } from './route.ts';
import { networkRules } from './rules.ts';
import { tunnel } from './tunnel.ts';

export interface EgressOptions {
  /** Where to listen: a Unix socket that no sandbox mounts. */
  readonly socket: string;
  readonly policy: NetworkPolicy;
  readonly onTried: (tried: Tried) => void;
  readonly resolve?: Resolve;
  /** Who it was, where a client sends no password (git, Java): a step, or `job`. */
  readonly nameless?: () => string;
}

/**
 * The one way out of a job: a proxy for HTTP and CONNECT on the host, which the relay of the job leads to. It asks the list, resolves
 * the name itself, refuses addresses that are not public, and looks at the name that a TLS client asks for.
 */
export interface Egress {
  /** The password of a step, by which its connections are known. */
  passwordOf(step: string): string;
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 512;
const HEADERS_WITHIN_MS = 30_000;

export async function openEgress({
  socket,
  policy,
  onTried,
  resolve = resolveByHost,
  nameless,
}: EgressOptions): Promise<Egress> {
  const rules = networkRules(policy);
  const steps = new Map<string, string>();
  const exchange = (request: IncomingMessage): Exchange => ({
    rules,
    resolve,
    onTried,
    step: steps.get(passwordIn(request)) ?? nameless?.() ?? 'job',
  });
  const server = createServer({ requestTimeout: 0, headersTimeout: HEADERS_WITHIN_MS, joinDuplicateHeaders: false });
  server.maxConnections = MOST_CONNECTIONS;
  const open = remember(server);
  server.on('request', (request, response) => void forward(request, response, exchange(request)));
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    void tunnel(request, client, head, exchange(request));
  });
  server.on('clientError', (_error, client) => {
    if (client.writable) client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(socket, done));
  return {
    passwordOf: (step) => {
      const password = randomBytes(12).toString('hex');
      steps.set(password, step);
      return password;
    },
    close: () => {
      for (const each of open) each.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** Sockets that CONNECT took over are no longer the server's, and closing it would wait for them for ever. */
function remember(server: Server): ReadonlySet<Socket> {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return open;
}

/** The password in `Proxy-Authorization: Basic`, or nothing. */
function passwordIn({ headers }: IncomingMessage): string {
  const given = /^basic ([a-z0-9+/]{1,200}={0,2})$/i.exec(headers['proxy-authorization'] ?? '')?.[1] ?? '';
  return Buffer.from(given, 'base64').toString('latin1').split(':')[1] ?? '';
}
