import type { Ranges } from './changed-ranges.ts';
import type { BlobHit } from './examiner.ts';
import { IntList } from './int-list.ts';
import type { Kernel } from './kernel.ts';

/** Numbers for each pending line: begin, end, whether a hit touches it. */
const PENDING = 3;

/**
 * The lines with a mark in which the examiner found nothing. A history writes the same lines again and again, on every
 * branch and in every version whose delta has another base: most of what deltas bring is known already.
 *
 * A line is clean between the two lines around it, blank ones left out, because a match may reach over to them. To use:
 * `select`, then the examiner, then `learn`, while the content is still there.
 */
export class CleanLines {
  readonly #kernel: Kernel;
  /** The lines selected last. */
  readonly #pending = new IntList(256);
  #content = 0;
  #size = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Gives the lines in which ascending `marks` stand and that are not known to be clean. What `selected` held is overwritten. */
  select(content: number, size: number, marks: readonly number[], selected: Ranges): void {
    const { program } = this.#kernel;
    const pending = this.#pending;
    pending.length = 0;
    this.#content = content;
    this.#size = size;
    selected.count = 0;
    let end = 0;
    for (const place of marks) {
      if (place < end) continue;
      const isKnown = program.isKnown(content, size, place, end) !== 0;
      end = program.lineStop();
      if (!isKnown) this.#pend(program.lineBegin(), end, selected);
    }
  }

  /** Remembers those of the selected lines that no hit touches. */
  learn(found: readonly BlobHit[]): void {
    const { program } = this.#kernel;
    const { items, length } = this.#pending;
    for (const hit of found) this.#note(hit.start, hit.opening ? hit.start + 1 : hit.end);
    for (let line = 0; line < length; line += PENDING) {
      if (items[line + 2] !== 0) continue;
      const begin = items[line] as number;
      program.isKnown(this.#content, this.#size, begin, begin);
      program.remember();
    }
  }

  #pend(begin: number, end: number, selected: Ranges): void {
    const pending = this.#pending;
    pending.push(begin);
    pending.push(end);
    pending.push(0);
    addRange(selected, begin, end);
  }

  /** Notes that a hit shares a byte with selected lines. */
  #note(start: number, end: number): void {
    const { items, length } = this.#pending;
    let low = 0;
    let high = length / PENDING;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[middle * PENDING + 1] as number) <= start) low = middle + 1;
      else high = middle;
    }
    const last = Math.max(end, start + 1);
    for (let line = low * PENDING; line < length && (items[line] as number) < last; line += PENDING)
      items[line + 2] = 1;
  }
}

/** Adds a range behind the others, joined to the last one where it touches it. */
function addRange(ranges: Ranges, start: number, end: number): void {
  const { items, count } = ranges;
  if (count > 0 && items[count - 1] === start) {
    items[count - 1] = end;
    return;
  }
  if (count + 2 > items.length) {
    ranges.items = new Uint32Array(items.length * 2);
    ranges.items.set(items);
  }
  ranges.items[count] = start;
  ranges.items[count + 1] = end;
  ranges.count += 2;
}
