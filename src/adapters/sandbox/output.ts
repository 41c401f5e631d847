import type { Readable } from 'node:stream';
import type { SandboxCommand } from '#core/sandbox.ts';

/** How long a pipe that something left behind still holds may be silent before it counts as read to its end. */
const SILENCE_MS = 40;
/** And how long it may go on writing after the command has ended, before that counts as no longer the command's. */
const AFTERWARDS_MS = 2_000;

/**
 * Hands on what a command writes, one piece at a time: the next is read only once the one before was taken, so that the pipe
 * fills and the command waits.
 */
export class Output {
  readonly #streams: readonly Readable[];
  readonly #onOutput: SandboxCommand['onOutput'];
  #turn: Promise<void> = Promise.resolve();
  #open: number;
  #last = performance.now();
  #closed = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(stdout: Readable, stderr: Readable, onOutput: SandboxCommand['onOutput']) {
    this.#streams = [stdout, stderr];
    this.#open = 2;
    this.#onOutput = onOutput;
    this.#watch(stdout, 'stdout');
    this.#watch(stderr, 'stderr');
  }

  #watch(from: Readable, stream: 'stdout' | 'stderr'): void {
    from.on('data', (chunk: Buffer) => {
      this.#last = performance.now();
      if (this.#closed) return;
      from.pause();
      this.#turn = this.#turn.then(async () => {
        await this.#hand(chunk, stream);
        this.#last = performance.now();
        from.resume();
      });
    });
    from.once('close', () => {
      this.#open--;
    });
    from.on('error', () => undefined);
  }

  async #hand(chunk: Buffer, stream: 'stdout' | 'stderr'): Promise<void> {
    if (this.#failure !== undefined) return;
    try {
      await this.#onOutput(chunk, stream);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /**
   * Call it once the command has ended: settles when all that it wrote was handed on. What a program that it left behind
   * writes later is read and thrown away, so that the program does not stop at a full pipe.
   */
  async rest(): Promise<void> {
    this.#last = performance.now();
    const until = this.#last + AFTERWARDS_MS;
    while (this.#open > 0 && performance.now() - this.#last < SILENCE_MS && performance.now() < until) {
      await Promise.race([...this.#ends(), pause(SILENCE_MS / 4)]);
      await this.#turn;
    }
    await this.#turn;
    this.#closed = true;
    for (const stream of this.#streams) stream.resume();
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #ends(): Promise<void>[] {
    return this.#streams
      .filter((stream) => !stream.closed)
      .map((stream) => new Promise<void>((resolve) => stream.once('close', resolve)));
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
