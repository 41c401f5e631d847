import type { Readable } from 'node:stream';
import { LineReader } from './lines.ts';

/** What tracing tells of a step. */
export interface TraceSink {
  program(path: string): void;
  /** A connection that the command tried by a socket of its own, beyond the loopback. */
  direct(host: string, port: number): void;
}

const STARTED = /^x (\S+)$/;
const CONNECTED = /^c ([\da-f.:]+) (\d{1,5})$/;
const ENDED = 'end';
/** Also written as the zeros of an IPv6 address, and inside one. */
const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|::1?$|::ffff:127\.|::ffff:0\.0\.0\.0$)/;
const MAPPED = /^0:0:0:0:0:ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/**
 * Reads what the tracer of a step writes (see the program of the tracer in the sandbox): `x PATH`, `c HOST PORT`, `end`. Lines
 * of another form are passed over.
 */
export class Trace {
  /** Settles when all that the command did was read: at its end, although what it left behind may go on; else at the end of the stream. */
  readonly ended: Promise<void>;
  readonly #sink: TraceSink;

  constructor(from: Readable, sink: TraceSink) {
    this.#sink = sink;
    this.ended = new Promise((resolve) => {
      const lines = new LineReader((line) => (line === ENDED ? resolve() : this.#line(line)));
      from.on('data', (chunk: Buffer) => lines.take(chunk));
      from.on('error', () => undefined);
      from.once('close', () => resolve());
    });
  }

  #line(line: string): void {
    const program = STARTED.exec(line)?.[1];
    if (program !== undefined) this.#sink.program(unescaped(program));
    const [, host, port] = CONNECTED.exec(line) ?? [];
    if (host === undefined) return;
    const address = shortened(host);
    if (!LOOPBACK.test(address)) this.#sink.direct(address, Number(port));
  }
}

/** Bytes that are not printable come as three octal digits. */
function unescaped(text: string): string {
  const bytes = text.replace(/\\([0-3][0-7]{2})/g, (_all, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** An IPv6 address of eight groups as people write it (RFC 5952). */
function shortened(host: string): string {
  const mapped = MAPPED.exec(host);
  if (mapped !== null) {
    const [high, low] = [mapped[1], mapped[2]].map((group) => Number.parseInt(group ?? '0', 16)) as [number, number];
    return `::ffff:${[high >> 8, high & 255, low >> 8, low & 255].join('.')}`;
  }
  const longest = [...host.matchAll(/(?:^|:)0(?::0)+(?=:|$)/g)].toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return host;
  const before = host.slice(0, longest.index);
  const after = host.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}
