import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { LONGEST_HELLO, readHello } from './client-hello.ts';
import { authority, type Exchange } from './exchange.ts';
import { Refused, reach, route } from './route.ts';

const HELLO_WITHIN_MS = 20_000;
const TLS_PORT = 443;

/**
 * Carries out CONNECT. What passes must be TLS for the very host that was asked for, so that an allowed name cannot front for
 * another behind the same server. A port that the list names itself may carry another protocol; TLS on it is held to the same.
 */
export async function tunnel(
  request: IncomingMessage,
  client: Socket,
  head: Buffer,
  exchange: Exchange,
): Promise<void> {
  client.on('error', () => client.destroy());
  const target = authority(request.url ?? '');
  if (target === undefined) {
    client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    return;
  }
  const { host, port } = target;
  const tried = { step: exchange.step, host, port };
  let server: Socket | undefined;
  try {
    const raw = port !== TLS_PORT && exchange.rules.namesPort(host, port);
    const addresses = await route(host, port, exchange.rules, exchange.resolve);
    server = await reach(addresses, port);
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    // Where the server may speak first, nobody waits for the client.
    if (raw) server.pipe(client);
    const first = await opening(client, head, raw);
    check(first, host, raw);
    await carry(client, server, first, raw);
    exchange.onTried({ ...tried, allowed: true, bytesSent: server.bytesWritten, bytesReceived: server.bytesRead });
  } catch (error) {
    server?.destroy();
    const refused = error instanceof Refused ? error : new Refused('no-answer', 502);
    exchange.onTried({ ...tried, allowed: false, reason: refused.reason });
    refuse(client, refused, `${host}:${port}`, server !== undefined);
  }
}

/** After the tunnel was promised there is no way left to say why it ends. */
function refuse(client: Socket, { status, reason }: Refused, where: string, promised: boolean): void {
  if (promised) {
    client.destroy();
    return;
  }
  const text = `Sluice: ${where} was refused: ${reason}.\n`;
  const line = status === 403 ? '403 Forbidden' : '502 Bad Gateway';
  client.end(
    `HTTP/1.1 ${line}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
}

/** What the client sends first: all of its hello, or whatever there is of another protocol. */
async function opening(client: Socket, head: Buffer, raw: boolean): Promise<Buffer> {
  let bytes = head;
  if (!raw) client.setTimeout(HELLO_WITHIN_MS, () => client.destroy());
  while (readHello(bytes).kind === 'more') {
    if (bytes.length > LONGEST_HELLO) throw new Refused('name-mismatch');
    const chunk = await next(client);
    if (chunk === undefined) {
      if (raw && bytes.length === 0) return bytes;
      throw new Refused('name-mismatch');
    }
    bytes = Buffer.concat([bytes, chunk]);
  }
  client.setTimeout(0);
  return bytes;
}

/** The next piece that arrives; `undefined` at the end. */
function next(client: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const settle = (chunk?: Buffer): void => {
      client.pause();
      client.off('data', settle).off('close', settle).off('end', settle);
      resolve(chunk instanceof Buffer ? chunk : undefined);
    };
    client.on('data', settle).on('close', settle).on('end', settle).resume();
  });
}

function check(first: Buffer, host: string, raw: boolean): void {
  const hello = readHello(first);
  if (hello.kind === 'named' && hello.name === host) return;
  // A name in the place of an address is for the server at that address to answer, and the address is what was allowed.
  if (isIP(host) > 0 && hello.kind !== 'other') return;
  if (raw && hello.kind === 'other') return;
  if (raw && first.length === 0) return;
  throw new Refused('name-mismatch');
}

function carry(client: Socket, server: Socket, first: Buffer, answering: boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      client.destroy();
      server.destroy();
      resolve();
    };
    for (const socket of [client, server]) socket.once('error', end).once('close', end);
    if (first.length > 0) server.write(first);
    client.pipe(server);
    if (!answering) server.pipe(client);
  });
}
