import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Masker } from '../mask/masker.ts';

/** What one step may print; more is counted and not kept. */
const MOST_BYTES = 256 * 2 ** 20;

/** The log of one step, masked: a file that only grows, so that whatever ends the program leaves what was said. */
export class StepLog {
  readonly #descriptor: number;
  readonly #masker: Masker;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #hash = createHash('sha256');
  readonly #decoder = new StringDecoder('utf8');
  #bytes = 0;

  /** @param onText is told what was written, where somebody looks on */
  constructor(file: string, masker: Masker, onText?: (text: string) => void) {
    mkdirSync(dirname(file), { recursive: true });
    this.#descriptor = openSync(file, 'a', 0o644);
    this.#masker = masker;
    this.#onText = onText;
  }

  /** Bytes that have been through the masker. */
  write(masked: Buffer): void {
    if (masked.length === 0 || this.#bytes > MOST_BYTES) return;
    this.#bytes += masked.length;
    this.#append(masked);
    if (this.#bytes > MOST_BYTES)
      this.#append(Buffer.from(`\n##[warning]The log of a step ends after ${MOST_BYTES >> 20} MiB.\n`));
  }

  /** A line of ours, which may quote what the job chose. */
  line(text: string): void {
    this.write(Buffer.from(`${this.#masker.mask(text)}\n`));
  }

  /** The digest of all that was written, hexadecimal. */
  close(): string {
    closeSync(this.#descriptor);
    return this.#hash.digest('hex');
  }

  #append(bytes: Buffer): void {
    for (let from = 0; from < bytes.length; ) from += writeSync(this.#descriptor, bytes, from);
    this.#hash.update(bytes);
    if (this.#onText !== undefined) this.#onText(this.#decoder.write(bytes));
  }
}
