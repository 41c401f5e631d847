import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { Masker } from '../mask/masker.ts';

/** Of what a step may print, what is kept of its end once there is more: enough to say why it failed. */
const LARGEST_TAIL = 2 ** 20;

/** Codes of a disk that takes no more. */
const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * The log of one step, masked: a file that only grows, so that whatever ends the program leaves what was said. Of more than
 * `most` bytes, the head is kept and, once the step has ended, the tail.
 */
export class StepLog {
  readonly #descriptor: number;
  readonly #masker: Masker;
  readonly #onText: ((text: string) => void) | undefined;
  readonly #hash = createHash('sha256');
  readonly #decoder = new StringDecoder('utf8');
  readonly #tailBytes: number;
  #room: number;
  #tail: Buffer[] = [];
  #tailSize = 0;
  #leftOut = 0;
  #full = false;

  /** @param onText is told what was written, where somebody looks on */
  constructor(file: string, masker: Masker, most: number, onText?: (text: string) => void) {
    mkdirSync(dirname(file), { recursive: true });
    this.#descriptor = openSync(file, 'a', 0o644);
    this.#masker = masker;
    this.#onText = onText;
    this.#tailBytes = Math.min(LARGEST_TAIL, most >> 2);
    this.#room = most - this.#tailBytes;
  }

  /** Bytes in the middle that were not kept; final once it is closed. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Whether the disk took no more of it. */
  get full(): boolean {
    return this.#full;
  }

  /** Bytes that have been through the masker. */
  write(masked: Buffer): void {
    const head = masked.subarray(0, this.#room);
    this.#room -= head.length;
    if (head.length > 0) this.#append(head);
    if (head.length < masked.length) this.#keep(masked.subarray(head.length));
  }

  /** A line of ours, which may quote what the job chose. */
  line(text: string): void {
    this.write(Buffer.from(`${this.#masker.mask(text)}\n`));
  }

  /** The digest of all that was written, hexadecimal. */
  close(): string {
    const tail = Buffer.concat(this.#tail);
    const kept = tail.subarray(Math.max(0, tail.length - this.#tailBytes));
    this.#leftOut += tail.length - kept.length;
    if (this.#leftOut > 0) this.#append(Buffer.from(`\n##[warning]${this.#leftOut} bytes are left out here.\n`));
    if (kept.length > 0) this.#append(kept);
    closeSync(this.#descriptor);
    return this.#hash.digest('hex');
  }

  /** Copied, since a chunk may be a small part of a large buffer; taken together as soon as it is twice too much. */
  #keep(bytes: Buffer): void {
    const last = bytes.subarray(Math.max(0, bytes.length - this.#tailBytes));
    this.#leftOut += bytes.length - last.length;
    this.#tail.push(Buffer.from(last));
    this.#tailSize += last.length;
    if (this.#tailSize <= 2 * this.#tailBytes) return;
    const tail = Buffer.concat(this.#tail);
    const kept = tail.subarray(tail.length - this.#tailBytes);
    this.#leftOut += tail.length - kept.length;
    this.#tail = [kept];
    this.#tailSize = kept.length;
  }

  #append(bytes: Buffer): void {
    if (this.#full) return;
    try {
      for (let from = 0; from < bytes.length; ) from += writeSync(this.#descriptor, bytes, from);
    } catch (error) {
      if (!FULL.has((error as NodeJS.ErrnoException).code)) throw error;
      this.#full = true;
    }
    this.#hash.update(bytes);
    if (this.#onText !== undefined) this.#onText(this.#decoder.write(bytes));
  }
}
