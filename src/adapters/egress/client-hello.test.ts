import { createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHello } from './client-hello.ts';

/** What a real client sends first. */
function helloFor(servername: string | undefined): Promise<Buffer> {
  return new Promise((resolve) => {
    const server = createServer((socket: Socket) => {
      socket.once('data', (chunk: Buffer) => {
        socket.destroy();
        server.close();
        resolve(chunk);
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      const client = connectTls({ host: '127.0.0.1', port, ...(servername === undefined ? {} : { servername }) });
      client.on('error', () => undefined);
    });
  });
}

/** The same message in records of a few bytes each. */
function split(record: Buffer, size: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 5; at < record.length; at += size) {
    const part = record.subarray(at, at + size);
    const header = Buffer.from([22, 3, 1, 0, 0]);
    header.writeUInt16BE(part.length, 3);
    parts.push(header, part);
  }
  return Buffer.concat(parts);
}

describe('readHello', () => {
  it('reads the name, in one record or in many', async () => {
    const hello = await helloFor('allowed.example');
    expect(readHello(hello)).toEqual({ kind: 'named', name: 'allowed.example' });
    expect(readHello(split(hello, 7))).toEqual({ kind: 'named', name: 'allowed.example' });
  });

  it('asks for more until all of it is there', async () => {
    const hello = await helloFor('allowed.example');
    for (let length = 0; length < hello.length; length++) {
      expect(readHello(hello.subarray(0, length)).kind).toBe('more');
    }
  });

  it('says where no name is given, and what is no hello', async () => {
    expect(readHello(await helloFor(undefined))).toEqual({ kind: 'unnamed' });
    expect(readHello(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toEqual({ kind: 'other' });
    expect(readHello(Buffer.from('SSH-2.0-x\r\n'))).toEqual({ kind: 'other' });
  });

  it('takes a hidden name for none', async () => {
    const hello = await helloFor('allowed.example');
    const at = hello.indexOf(Buffer.from([0x00, 0x17, 0x00, 0x00]));
    const hiding = Buffer.from(hello);
    // The extension for the extended master secret, made into that of the encrypted hello.
    hiding.writeUInt16BE(0xfe0d, at);
    expect(at).toBeGreaterThan(0);
    expect(readHello(hiding)).toEqual({ kind: 'unnamed' });
  });

  it('bears any bytes', async () => {
    const hello = await helloFor('allowed.example');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 20 }), (edits) => {
        const bytes = Buffer.from(hello);
        for (const [at, value] of edits) bytes[at] = value;
        expect(['named', 'more', 'unnamed', 'other']).toContain(readHello(bytes).kind);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readHello(Buffer.from(bytes)).kind !== 'named'),
    );
  });
});
