import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServiceAnswer, ServiceHandler, ServiceHost } from '#core/service.ts';

/** Unix sockets have short names: 107 bytes on Linux. */
const LONGEST_SOCKET = 107;
const REQUEST_TIMEOUT_MS = 600_000;

/** Hosts handlers on Unix sockets. What a handler throws is answered with 500 and nothing of the error. */
export const unixServiceHost: ServiceHost = {
  async listen(socket, handler) {
    if (Buffer.byteLength(socket) > LONGEST_SOCKET) throw new RangeError('the path of a socket is too long');
    rmSync(socket, { force: true });
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void answer(request, response, handler);
    });
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen(socket, done);
    });
    // The relay of the sandbox may run as another user; who may enter the folder decides.
    chmodSync(socket, 0o666);
    return { close: () => close(server) };
  },
};

async function answer(request: IncomingMessage, response: ServerResponse, handler: ServiceHandler): Promise<void> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? (value.at(-1) ?? '') : (value ?? ''),
    ]),
  );
  const { method = 'GET', url = '/' } = request;
  const result = await handler({ method, url, headers, body: request }).catch((): ServiceAnswer => ({ status: 500 }));
  // A body that nobody read would keep the connection from its next request.
  request.resume();
  try {
    await send(result, method, response);
  } catch {
    response.destroy();
  }
}

async function send(
  { status, headers = {}, body }: ServiceAnswer,
  method: string,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(status, headers);
  if (body === undefined || method === 'HEAD') response.end();
  else if (typeof body === 'string') response.end(body);
  else await pipeline(Readable.from(body, { objectMode: false }), response);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((done) => {
    server.close(() => done());
  });
}
