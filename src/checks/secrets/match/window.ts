import { isAscii } from 'node:buffer';
import type { AnchoredPlan } from '../rule.ts';
import type { DetectorInput } from './detection.ts';
import { expression } from './expression.ts';

/** One character more at each end, which decides whether a word or a line ends there. */
const CONTEXT = 1;
/** Windows made of one text before all of it is read: so many, and one for so many bytes. */
const FREE_WINDOWS = 64;
const BYTES_PER_WINDOW = 512;

/**
 * Tells by the text around a literal whether a rule matches there, so that few texts have to become strings. Never says no
 * where there is a match.
 */
export class WindowMatcher {
  readonly #source: string;
  readonly #width: number;
  #regex: RegExp | undefined;

  /** `core` is the regex that is tried at places. */
  constructor(core: string, head: NonNullable<AnchoredPlan['head']>) {
    this.#source = head.source ?? core;
    this.#width = head.most;
  }

  /** The literal stands at `offset`; a match begins from `most` to `least` characters before it. */
  mayMatch(input: DetectorInput, offset: number, least: number, most: number): boolean {
    const { bytes } = input;
    const first = Math.max(0, offset - most);
    const last = offset - least;
    const from = Math.max(0, first - CONTEXT);
    const to = Math.min(bytes.length, last + this.#width + CONTEXT);
    // What is not ASCII is left to the whole text, since a byte does not tell which character it is of.
    if (!input.ascii && !isAscii(bytes.subarray(from, to))) return true;
    const window = bytes.toString('latin1', from, to);
    for (let start = first - from; start <= last - from; start++) if (this.#matches(window, start)) return true;
    return false;
  }

  #matches(window: string, start: number): boolean {
    this.#regex ??= expression(this.#source, 'yu');
    this.#regex.lastIndex = start;
    try {
      return this.#regex.test(window);
    } catch (error) {
      // Out of memory: whoever reads all of the text says so.
      if (error instanceof RangeError) return true;
      throw error;
    }
  }
}

/** How many windows may be made in vain of so many bytes. */
export const mostWindows = (length: number): number => FREE_WINDOWS + Math.floor(length / BYTES_PER_WINDOW);
