/**
 * The outside world, as rooms see it. The real ones are in `src/adapters`; `src/app` hands them in.
 */

export interface Clock {
  now(): Date;
}

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Bytes of standard output at most; past it the call fails with `git-output-too-large`. */
  readonly maxBytes?: number;
  /** The transports this call may use (`https`, `ssh`, `git`, `file`); none when not given. */
  readonly protocols?: readonly string[];
  /** Told each line that a git which succeeded wrote to standard error: folders it could not open, for one. */
  readonly onWarning?: (line: string) => void;
}

/**
 * The git program, hardened: a scanned repository's configuration can name programs to run (fsmonitor, hooks, diff and
 * textconv drivers, pagers, credential helpers), so none of it is obeyed, no prompt is shown and no lock is taken. One that may
 * use no network and says nothing for half a minute is ended (`git-stuck`): it waits for a FIFO.
 */
export interface Git {
  /** Standard output. A git that fails is a `SluiceError` `git-failed` whose message is the first line git wrote. */
  run(args: readonly string[], options: GitOptions): Promise<Buffer>;
  /** Standard output in chunks, for what does not fit in memory. */
  stream(args: readonly string[], options: GitOptions): AsyncIterable<Buffer>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body as it came, for answers that are no text. */
  readonly bytes?: Uint8Array;
}

/** The network; absent (`undefined`) where nothing allowed it, so that code which needs it must say what happens then. */
export interface Network {
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** Files that a crash never leaves half-written, and work that one process does at a time. */
export interface Disk {
  /**
   * Writes a whole file or leaves what was there, and returns when the disk holds it: also the name, which is the folder's to
   * keep. Readable by its owner alone unless `mode` says otherwise.
   */
  write(file: string, content: string | Uint8Array, mode?: number): void;
  /**
   * Does work while this process holds the lock `file`, whose folder exists; `what` is the work, for the message to who waits in
   * vain. The lock of a process that has died is taken over.
   *
   * @throws SluiceError `locked` when its holder does not let go for half a minute
   */
  alone<T>(file: string, what: string, work: () => Promise<T>): Promise<T>;
}
