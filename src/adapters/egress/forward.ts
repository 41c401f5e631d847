import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { authority, type Exchange } from './exchange.ts';
import { Refused, reach, route } from './route.ts';

/** Meant for one connection only (RFC 9110, 7.6.1), so that framing and credentials of one side never reach the other. */
const HOP_BY_HOP = [
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const ABSOLUTE = /^http:\/\/([^/?#\s]{1,300})([/?][^#\s]*)?$/i;

/**
 * Carries out one request for an `http:` address, over a connection of its own. The message is written anew from what was parsed: its
 * framing and its Host are ours, so nothing can be hidden from this side in a way that the other side would see.
 */
export async function forward(request: IncomingMessage, response: ServerResponse, exchange: Exchange): Promise<void> {
  const [, where = '', path = '/'] = ABSOLUTE.exec(request.url ?? '') ?? [];
  const target = authority(where, 80);
  if (target === undefined) {
    answer(response, 400, 'This is a proxy: the address must be absolute, and must begin with http://.');
    return;
  }
  const { host, port } = target;
  try {
    const addresses = await route(host, port, exchange.rules, exchange.resolve);
    const socket = await reach(addresses, port);
    const counted = { bytesSent: 0, bytesReceived: 0 };
    try {
      await relay(request, response, { where, path: path.startsWith('/') ? path : `/${path}`, socket });
    } finally {
      counted.bytesSent = socket.bytesWritten;
      counted.bytesReceived = socket.bytesRead;
      socket.destroy();
      exchange.onTried({ step: exchange.step, host, port, allowed: true, ...counted });
    }
  } catch (error) {
    if (!(error instanceof Refused)) {
      response.destroy();
      return;
    }
    exchange.onTried({ step: exchange.step, host, port, allowed: false, reason: error.reason });
    answer(response, error.status, `${host}:${port} was refused: ${error.reason}.`);
  }
}

interface Onward {
  readonly where: string;
  readonly path: string;
  readonly socket: NonNullable<ReturnType<typeof send>['socket']>;
}

function relay(request: IncomingMessage, response: ServerResponse, { where, path, socket }: Onward): Promise<void> {
  const headers: IncomingHttpHeaders = { ...endToEnd(request.headers), host: where, connection: 'close' };
  // A body whose length nobody announced: without this, Node would write that of a GET bare, as if it were another request.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
  const onward = send({
    method: request.method ?? 'GET',
    path,
    headers,
    createConnection: () => socket,
    setHost: false,
  });
  return new Promise((resolve, reject) => {
    onward.once('error', reject);
    response.once('close', () => onward.destroy());
    onward.once('response', (received) => {
      response.writeHead(received.statusCode ?? 502, endToEnd(received.headers));
      pipeline(received, response).then(resolve, reject);
    });
    pipeline(request, onward).catch(reject);
  });
}

/** What a message says beside its framing; headers that `Connection` names belong to the connection too, but for the length of the body. */
function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = (headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const dropped = new Set([...HOP_BY_HOP, ...named]);
  dropped.delete('content-length');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`Sluice: ${text}\n`);
}
