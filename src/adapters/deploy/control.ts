import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Front } from '#core/deploy.ts';
import { SluiceError } from '#core/error.ts';
import { writeDurably } from '../disk.ts';
import type { RunningFront } from './front.ts';

const ACTIVATE_MS = 30 * 60_000;
const START_MS = 30_000;
const PAUSE_MS = 25;
const ASK_MS = 2_000;

/** Lets the same user tell a front what to do: a Unix socket in a folder of its own, named in a file. */
export async function serveControl(front: RunningFront, file: string): Promise<{ close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-front-'));
  const socket = join(folder, 'control');
  const server = createServer(async (incoming, outgoing) => {
    const answer = (body: object): void => void outgoing.end(JSON.stringify(body));
    const release = /^\/activate\/([\w.-]+)$/.exec(incoming.url ?? '')?.[1];
    if (incoming.method === 'GET') answer({ release: front.release ?? null });
    else if (release === undefined) outgoing.writeHead(404).end();
    else answer({ reason: (await front.activate(release)) ?? null });
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  writeDurably(file, JSON.stringify({ socket, pid: process.pid }));
  return {
    close: () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
      rmSync(file, { force: true });
    },
  };
}

/**
 * The front that the file names; one is started where none answers.
 *
 * @throws SluiceError `front-missing` where none comes up
 */
export const remoteFront = (file: string, start: () => void, log: string): Front => ({
  activate: async (release) => {
    if (!(await answers(file))) {
      start();
      await appeared(file, log);
    }
    const { reason } = (await ask(file, 'POST', `/activate/${release}`, ACTIVATE_MS)) as { reason: string | null };
    return reason ?? undefined;
  },
  release: async () => {
    try {
      const { release } = (await ask(file, 'GET', '/', ASK_MS)) as { release: string | null };
      return release ?? undefined;
    } catch {
      return undefined;
    }
  },
});

async function appeared(file: string, log: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (!(await answers(file))) {
    if (performance.now() > deadline) {
      throw new SluiceError('front-missing', 'the front of the environment does not start', { hint: `See ${log}.` });
    }
    await sleep(PAUSE_MS);
  }
}

async function answers(file: string): Promise<boolean> {
  try {
    await ask(file, 'GET', '/', ASK_MS);
    return true;
  } catch {
    return false;
  }
}

function ask(file: string, method: string, path: string, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const { socket } = JSON.parse(readFileSync(file, 'utf8')) as { socket: string };
    const asked = request({ socketPath: socket, method, path, signal: AbortSignal.timeout(timeoutMs) }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(body));
        else reject(new Error('refused'));
      });
    });
    asked.once('error', reject);
    asked.end();
  });
}
