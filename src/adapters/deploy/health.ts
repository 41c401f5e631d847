import { spawn } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HealthCheck, HealthProbe } from '#core/deploy.ts';

const LOOPBACK = '127.0.0.1';
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;

/** Asks by HTTP and TCP on this machine only, and by programs without a shell. */
export const healthProbe: HealthProbe = {
  wait: async (check) => {
    const deadline = performance.now() + check.withinMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const reason = await attempt(check);
      if (reason === undefined) return undefined;
      if (performance.now() + pause > deadline) return reason;
      await sleep(pause);
    }
  },
};

function attempt(check: HealthCheck): Promise<string | undefined> {
  if (check.kind === 'http') return askHttp(check);
  return check.kind === 'tcp' ? askTcp(check) : askProgram(check);
}

type Of<K extends HealthCheck['kind']> = Extract<HealthCheck, { kind: K }>;

function askHttp({ port, path, timeoutMs }: Of<'http'>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const asked = request({ host: LOOPBACK, port, path, method: 'GET', agent: false, signal }, (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      resolve(statusCode >= 200 && statusCode < 300 ? undefined : `${path} answers with status ${statusCode}`);
    });
    asked.once('error', (error) => resolve(`${path} does not answer (${reasonOf(error)})`));
    asked.end();
  });
}

function askTcp({ port, timeoutMs }: Of<'tcp'>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, timeout: timeoutMs });
    const end = (reason: string | undefined): void => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`nothing answers on port ${port} (timeout)`));
    socket.once('error', (error) => end(`nothing answers on port ${port} (${reasonOf(error)})`));
  });
}

function askProgram({ argv: [file = '', ...args], cwd, timeoutMs }: Of<'command'>): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '' };
    const child = spawn(file, args, { cwd, env, stdio: 'ignore', timeout: timeoutMs, killSignal: 'SIGKILL' });
    child.once('error', (error) => resolve(`${file} cannot be started (${reasonOf(error)})`));
    child.once('close', (code) => resolve(code === 0 ? undefined : `${file} ended with ${code ?? 'a signal'}`));
  });
}

const reasonOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;
