import { readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '#core/error.ts';
import { writeDurably } from '../disk.ts';
import { Backend, type BackendOptions } from './backend.ts';

/** The front of an environment: it listens, starts releases, and passes requests on to the live one. */
export interface FrontOptions extends BackendOptions {
  readonly port: number;
  readonly address?: string;
  readonly drainMs: number;
  /** The folder of a release. */
  folderOf(release: string): string;
  /** The release that is to be live when the front starts. */
  live(): string | undefined;
  /** Called the moment that requests go to another release. */
  switchTo(release: string): void;
  /** Where the processes stand that a front left behind when it was killed. */
  readonly leftovers: string;
}

const LOOPBACK = '127.0.0.1';
/** Of one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade']);
const RESTART_MS = 500;

export class RunningFront {
  readonly #options: FrontOptions;
  readonly #server: Server;
  #live: Backend | undefined;
  #draining = new Set<Promise<void>>();
  #closed = false;

  private constructor(options: FrontOptions) {
    this.#options = options;
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
    this.#server.on('upgrade', (incoming, socket, head) => this.#tunnel(incoming, socket, head));
    this.#server.on('clientError', (_, socket) => socket.destroy());
  }

  /** @throws SluiceError `front-port-taken` */
  static async start(options: FrontOptions): Promise<RunningFront> {
    endLeftovers(options.leftovers);
    const front = new RunningFront(options);
    await new Promise<void>((resolve, reject) => {
      front.#server.once('error', (cause) => {
        const hint = 'Stop what listens there, or give the environment another port.';
        reject(new SluiceError('front-port-taken', `the front cannot listen on port ${options.port}`, { hint, cause }));
      });
      front.#server.listen(options.port, options.address ?? LOOPBACK, resolve);
    });
    const live = options.live();
    if (live !== undefined) await front.#restart(live);
    return front;
  }

  get release(): string | undefined {
    return this.#live?.release;
  }

  /** Blue and green: the new release works before the first request goes to it. Resolves to why it does not. */
  async activate(release: string): Promise<string | undefined> {
    const started = await Backend.start(release, this.#options.folderOf(release), this.#options);
    if (typeof started === 'string') return started;
    this.#options.switchTo(release);
    this.#adopt(started);
    return undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const live = this.#live;
    this.#live = undefined;
    await Promise.all([live?.drain(this.#options.drainMs), ...this.#draining]);
    this.#server.closeAllConnections();
    await closed;
    rmSync(this.#options.leftovers, { force: true });
  }

  #adopt(backend: Backend): void {
    const old = this.#live;
    this.#live = backend;
    if (old !== undefined) {
      const drained = old.drain(this.#options.drainMs).finally(() => this.#draining.delete(drained));
      this.#draining.add(drained);
    }
    writeDurably(this.#options.leftovers, JSON.stringify([old, backend].flatMap((each) => markOf(each?.pid))));
    void backend.ended.then(async () => {
      if (this.#live === backend && !this.#closed) await this.#restart(backend.release);
    });
  }

  /** A live release that ended is started again, as long as it is the live one. */
  async #restart(release: string): Promise<void> {
    for (let pause = RESTART_MS; !this.#closed; pause = Math.min(pause * 2, 10_000)) {
      const before = this.#live;
      const started = await Backend.start(release, this.#options.folderOf(release), this.#options);
      if (typeof started !== 'string') {
        if (this.#live === before && !this.#closed) this.#adopt(started);
        else await started.stop();
        return;
      }
      if (this.#live !== before) return;
      await sleep(pause);
    }
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const backend = this.#live;
    if (backend === undefined) {
      outgoing.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '1' }).end('No release is live.\n');
      return;
    }
    const done = backend.begin();
    outgoing.once('close', done);
    const { method, url } = incoming;
    const options = {
      host: LOOPBACK,
      port: backend.port,
      agent: false,
      headers: forwarded(incoming),
      ...(method === undefined ? {} : { method }),
      ...(url === undefined ? {} : { path: url }),
    };
    const asked = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
      answer.pipe(outgoing);
      answer.once('error', () => outgoing.destroy());
    });
    asked.once('error', () => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('The release does not answer.\n');
    });
    outgoing.once('close', () => asked.destroy());
    incoming.pipe(asked);
  }

  /** WebSockets and the like: from here on the connection is the release's. */
  #tunnel(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    const backend = this.#live;
    if (backend === undefined) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      return;
    }
    const done = backend.begin();
    const inner = connect(backend.port, LOOPBACK, () => {
      const headers = incoming.rawHeaders.reduce(
        (text, part, index) => text + part + (index % 2 === 0 ? ': ' : '\r\n'),
        '',
      );
      inner.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers}\r\n`);
      inner.write(head);
      inner.pipe(socket).pipe(inner);
    });
    for (const side of [socket, inner]) {
      side.on('error', () => undefined);
      side.once('close', () => {
        done();
        socket.destroy();
        inner.destroy();
      });
    }
  }
}

const withoutHops = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

const forwarded = (incoming: IncomingMessage): IncomingMessage['headers'] => ({
  ...withoutHops(incoming.headers),
  'x-forwarded-for': incoming.socket.remoteAddress ?? '',
  'x-forwarded-host': incoming.headers.host ?? '',
});

/** A process by its number and its start, for numbers come again. */
interface Mark {
  readonly pid: number;
  readonly started: string;
}

const markOf = (pid: number | undefined): Mark[] => (pid === undefined ? [] : [{ pid, started: startOf(pid) }]);

function startOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

/** A front that was killed leaves its processes behind; the next one ends them. */
function endLeftovers(file: string): void {
  let marks: unknown;
  try {
    marks = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return;
  }
  for (const { pid, started } of Array.isArray(marks) ? (marks as Mark[]) : []) {
    if (typeof pid !== 'number' || pid <= 1 || started === '' || startOf(pid) !== started) continue;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
}
