/* Loaded before the program (`node --import`): any try to reach the network ends the process, and says so. */
import dgram from 'node:dgram';
import dns from 'node:dns';
import { writeSync } from 'node:fs';
import net from 'node:net';

const refuse = (what) => () => {
  writeSync(2, `network used: ${what}\n`);
  process.exit(99);
};

net.Socket.prototype.connect = refuse('connect');
dgram.createSocket = refuse('datagram');
dns.lookup = refuse('lookup');
dns.promises.lookup = refuse('lookup');
