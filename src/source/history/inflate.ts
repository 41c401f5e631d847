import { constants, createInflate, inflateSync } from 'node:zlib';

/**
 * Decompresses zlib streams of known length, synchronously and many of them: a history has a stream for each object,
 * most of them under 200 bytes.
 */
export interface Inflater {
  /**
   * Decompresses `input[from, to)` into `output` from `at` on, up to `limit` bytes (`at + limit <= output.length`). Gives the number of
   * bytes written, less than `limit` when the stream is shorter or cut; -1 when it is damaged. Bytes of `input` behind
   * the stream are ignored. Trap: the checksum at the stream's end is looked at only where `limit` is more than its text.
   */
  inflate(input: Buffer, from: number, to: number, output: Buffer, limit: number, at?: number): number;
}

/** The part of Node's zlib binding that a zlib stream object keeps; see {@link openHandle}. */
interface Handle {
  reset(): void;
  writeSync(
    flush: number,
    input: Uint8Array,
    inputOffset: number,
    inputLength: number,
    output: Uint8Array,
    outputOffset: number,
    outputLength: number,
  ): void;
  onerror: (message: string, errno: number, code: string) => void;
}

/**
 * The fastest inflater this Node has. `inflateSync` makes a stream object for each call (6 µs, three times the
 * work itself), so the binding of one stream is used again and again where it has the shape we know and passes a trial;
 * anything else falls back to `inflateSync`.
 */
export function createInflater(): Inflater {
  const reusing = openHandle();
  return reusing !== undefined && passesTrial(reusing) ? reusing : new AllocatingInflater();
}

/** `inflateSync` for each stream: documented, slower. */
export class AllocatingInflater implements Inflater {
  inflate(input: Buffer, from: number, to: number, output: Buffer, limit: number, at = 0): number {
    // One byte more than asked, so that a longer stream can be told from one that fits.
    const options = { chunkSize: Math.max(64, limit + 1), maxOutputLength: Math.max(64, limit + 1) };
    try {
      const bytes = inflateSync(input.subarray(from, to), options);
      bytes.copy(output, at, 0, Math.min(limit, bytes.length));
      return Math.min(limit, bytes.length);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') return -1;
      return this.#beginning(input.subarray(from, to), output, limit, at);
    }
  }

  /** The first `limit` bytes of a longer stream. */
  #beginning(input: Buffer, output: Buffer, limit: number, at: number): number {
    try {
      const bytes = inflateSync(input, { finishFlush: constants.Z_SYNC_FLUSH });
      return bytes.copy(output, at, 0, Math.min(limit, bytes.length));
    } catch {
      return -1;
    }
  }
}

class ReusingInflater implements Inflater {
  readonly #handle: Handle;
  /** What the binding reports after each write: bytes of output left, bytes of input left. */
  readonly #state: Uint32Array;
  #failed = false;

  constructor(handle: Handle, state: Uint32Array) {
    this.#handle = handle;
    this.#state = state;
    handle.onerror = () => {
      this.#failed = true;
    };
  }

  inflate(input: Buffer, from: number, to: number, output: Buffer, limit: number, at = 0): number {
    // The binding ends the process when it is given a place outside a buffer.
    if (!(from >= 0 && from < to && to <= input.length && limit >= 0 && at >= 0 && at + limit <= output.length))
      return -1;
    this.#failed = false;
    this.#handle.reset();
    this.#handle.writeSync(constants.Z_SYNC_FLUSH, input, from, to - from, output, at, limit);
    return this.#failed ? -1 : limit - (this.#state[0] as number);
  }
}

function openHandle(): Inflater | undefined {
  const stream = createInflate() as unknown as { _handle?: Partial<Handle>; _writeState?: unknown };
  const { _handle: handle, _writeState: state } = stream;
  if (typeof handle?.reset !== 'function' || typeof handle.writeSync !== 'function') return undefined;
  if (!(state instanceof Uint32Array) || state.length < 2) return undefined;
  return new ReusingInflater(handle as Handle, state);
}

/** A text and the same as a zlib stream. */
const TRIAL = Buffer.from('sluice sluice sluice');
const TRIAL_STREAM = Buffer.from('78da2bce29cd4c4e552846a60052b507d0', 'hex');

function passesTrial(inflater: Inflater): boolean {
  const output = Buffer.alloc(32);
  const damaged = Buffer.from(TRIAL_STREAM);
  damaged[damaged.length - 1] = 0;
  try {
    const length = inflater.inflate(TRIAL_STREAM, 0, TRIAL_STREAM.length, output, 32);
    if (!output.subarray(0, length).equals(TRIAL)) return false;
    if (inflater.inflate(TRIAL_STREAM, 0, TRIAL_STREAM.length, output, 6) !== 6) return false;
    return inflater.inflate(damaged, 0, damaged.length, output, 32) === -1;
  } catch {
    return false;
  }
}
