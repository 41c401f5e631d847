import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck } from '#core/deploy.ts';
import { healthProbe } from './health.ts';

/** How the releases of an environment are started. */
export interface BackendOptions {
  /** Started in the folder of the release; it listens on the port of the variable PORT. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** Of a port that is not known yet. Without one, the port must accept connections. */
  readonly health: ((port: number, folder: string) => HealthCheck) | undefined;
  /** What it writes goes here, at its end. */
  readonly log: string;
}

const DEFAULT_HEALTH = { kind: 'tcp', timeoutMs: 2_000, withinMs: 30_000 } as const;
const LOOPBACK = '127.0.0.1';
const GRACE_MS = 5_000;

/** A process of one release. */
export class Backend {
  readonly release: string;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly ended: Promise<void>;
  #inFlight = 0;
  #idle: (() => void) | undefined;

  private constructor(release: string, port: number, child: ChildProcess) {
    this.release = release;
    this.port = port;
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
  }

  /** A backend that works, or why it does not: then it is gone. */
  static async start(release: string, folder: string, options: BackendOptions): Promise<Backend | string> {
    const port = await freePort();
    const [file = '', ...args] = options.command;
    const log = openSync(options.log, 'a', 0o600);
    const env = { PATH: process.env['PATH'] ?? '', ...options.variables, PORT: String(port), HOST: LOOPBACK };
    // A group of its own, so that what it starts ends with it.
    const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const backend = new Backend(release, port, child);
    const check = options.health?.(port, folder) ?? { ...DEFAULT_HEALTH, port };
    const failed = backend.ended.then(() => `it ended before it worked; see ${options.log}`);
    const reason = await Promise.race([healthProbe.wait(check), failed]);
    if (reason === undefined && child.exitCode === null) return backend;
    await backend.stop();
    return reason ?? `it ended before it worked; see ${options.log}`;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** A request that it answers; the returned function says that it is answered. */
  begin(): () => void {
    this.#inFlight += 1;
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#idle?.();
    };
  }

  /** Ends it once the requests that it has are answered, or the time is up. */
  async drain(withinMs: number): Promise<void> {
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#inFlight === 0) resolve();
    });
    await Promise.race([idle, this.ended, sleep(withinMs, undefined, { ref: false })]);
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(timer);
    // Whatever it left behind in its group.
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // Gone already.
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
