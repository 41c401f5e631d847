import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import { SluiceError } from '#core/error.ts';
import { systemProgram } from './programs.ts';

/** The end that we read, and the descriptor to start a process with; close the latter once it has started. */
export interface Pipe {
  readonly read: Socket;
  readonly write: number;
}

const AT_ONCE = 256;
const MEMORY = '/dev/shm';

/**
 * Pipes as the kernel knows them. What Node gives a child are sockets, and a socket cannot be opened by name: `echo oops >
 * /dev/stderr`, common in scripts, would fail. Named pipes are made many at a time, and their names go once both ends are open.
 */
export class Pipes {
  readonly #folder: string;
  #made = 0;
  #names: string[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(): Pipe {
    const name = this.#names.pop() ?? this.#more();
    const readable = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
    const write = openSync(name, constants.O_WRONLY);
    rmSync(name);
    return { read: new Socket({ fd: readable, readable: true, writable: false }), write };
  }

  #more(): string {
    const mkfifo = systemProgram('mkfifo');
    if (mkfifo === undefined) throw new SluiceError('sandbox-missing', 'The program mkfifo is not installed.');
    const names = Array.from({ length: AT_ONCE }, () => path.join(this.#folder, `pipe-${this.#made++}`));
    execFileSync(mkfifo, ['-m', '600', ...names], { env: {}, stdio: 'ignore' });
    this.#names = names.toSorted();
    return this.#names.pop() as string;
  }

  /** A descriptor from which a process reads these bytes, and then the end. */
  input(bytes: Uint8Array | undefined): number {
    if (bytes === undefined || bytes.length === 0) return openSync('/dev/null', 'r');
    // In memory where there is such a folder: the environment of a step holds secrets, which should not touch a disk.
    const folder = existsSync(MEMORY) ? MEMORY : this.#folder;
    const name = path.join(folder, `sluice-${process.pid}-${randomUUID()}`);
    writeFileSync(name, bytes, { mode: 0o600, flag: 'wx' });
    const descriptor = openSync(name, 'r');
    rmSync(name);
    return descriptor;
  }
}

export function closeAll(descriptors: readonly number[]): void {
  for (const descriptor of descriptors) closeSync(descriptor);
}
