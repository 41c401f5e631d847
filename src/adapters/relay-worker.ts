import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';
import { askedName, refusal } from './egress/dns.ts';
import type { Listener, RelayMessage } from './egress/relay-protocol.ts';

/*
 * Runs inside the network namespace of a job, in a process of its own that no step can see: carries bytes from ports of the
 * loopback to Unix sockets of the host, which a process without a route could not reach otherwise, and answers every
 * question for a name with a refusal. It decides nothing; the proxy at the other end does.
 *
 * Argument: the listeners as JSON. It ends when its standard input does, that is when Sluice does.
 */

const NAME_SERVICE = 53;

const say = (message: RelayMessage): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

function carry(from: Socket, socket: string): void {
  const to = connect({ path: socket, allowHalfOpen: true });
  from.on('error', () => to.destroy());
  to.on('error', () => from.destroy());
  from.on('close', () => to.destroy());
  to.on('close', () => from.destroy());
  from.pipe(to);
  to.pipe(from);
}

function listen({ port, socket }: Listener): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (connection) => carry(connection, socket));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
}

/** Where the port may not be opened, names fail all the same: nobody answers. They are then not seen. */
function refuseNames(): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => {
    const name = askedName(question);
    if (name !== undefined) say({ kind: 'name', name });
    const answer = refusal(question);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  return new Promise((resolve) => {
    socket.on('error', () => resolve());
    socket.bind(NAME_SERVICE, '127.0.0.1', resolve);
  });
}

const listeners = JSON.parse(process.argv[2] ?? '[]') as Listener[];
process.stdin.on('end', () => process.exit(0)).resume();
await Promise.all([...listeners.map(listen), refuseNames()]);
say({ kind: 'ready' });
