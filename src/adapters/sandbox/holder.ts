import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { SluiceError } from '#core/error.ts';
import type { Listener, RelayMessage } from '../egress/relay-protocol.ts';
import { descendant } from './process-tree.ts';

/**
 * The process that keeps a job's namespaces: user, network, processes, mounts. In it runs the relay, and into it steps
 * enter. It is the first process of the job's process namespace: when it ends, the kernel ends every step and whatever
 * a step left behind. It ends when its standard input closes, and when the thread that started it dies, `kill -9` included.
 */
export interface Holder {
  /** Its namespaces: user, network, processes, mounts. The paths name our own descriptors, so that no number of a process can be reused under us. */
  readonly namespaces: readonly string[];
  /** The holder's own process as the host numbers it. */
  readonly pid: number;
  end(): Promise<void>;
}

export interface HolderRequest {
  /** Program and arguments that make the namespaces and run what is appended. */
  readonly wrapper: readonly [string, ...string[]];
  readonly relay: readonly string[];
  readonly listeners: readonly Listener[];
  readonly onMessage: (message: RelayMessage) => void;
}

const NAMESPACES = ['user', 'net', 'pid', 'mnt'];
const START_WITHIN_MS = 20_000;

export async function startHolder(request: HolderRequest): Promise<Holder> {
  const [file, ...args] = request.wrapper;
  const child = spawn(file, [...args, ...request.relay, JSON.stringify(request.listeners)], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    child.stdin.destroy();
    await gone;
  };
  try {
    await ready(child as ChildProcess & { stdout: Readable; stderr: Readable }, request.onMessage);
    // The wrapper, then the first process of its namespace: whose namespaces are the job's.
    const pid = descendant(child.pid ?? 0, 1, 1);
    if (pid === undefined) throw new Error('the process that keeps the namespaces of the job is not there');
    const opened = NAMESPACES.map((name) => openSync(`/proc/${pid}/ns/${name}`, 'r'));
    return {
      pid,
      namespaces: opened.map((descriptor) => `/proc/${process.pid}/fd/${descriptor}`),
      end: async () => {
        await end();
        for (const descriptor of opened) closeSync(descriptor);
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function ready(
  child: ChildProcess & { stdout: Readable; stderr: Readable },
  onMessage: (message: RelayMessage) => void,
): Promise<void> {
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 2_000) complaint += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(unmade('it was not ready in time')), START_WITHIN_MS);
    const fail = (error: unknown): void => {
      clearTimeout(late);
      reject(error);
    };
    child.once('error', fail);
    child.once('close', () => fail(unmade(complaint.trim().split('\n')[0] ?? '')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message = JSON.parse(line) as RelayMessage;
      if (message.kind === 'ready') {
        clearTimeout(late);
        resolve();
      } else onMessage(message);
    });
  });
}

const unmade = (why: string): SluiceError =>
  new SluiceError('sandbox-failed', `The sandbox could not be made: ${why}`, {
    hint: 'See docs/guides/sandbox.md for what it needs of the machine.',
  });
