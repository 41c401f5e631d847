import { Secret } from '#core/secret.ts';
import type { BlobHit } from './examiner.ts';

/** One rule, one secret and the lines it is in: hits with the same key are equal in all but where they are. */
export interface HitKey {
  readonly rule: string;
  readonly secret: Secret;
  /** The match goes over a line break, so that a diff may show a part of it. */
  readonly multiline: boolean;
  /** The hit as the examiner gave it when it was first seen, with whatever else it put there; its offsets mean nothing. */
  readonly hit: BlobHit;
}

/** The numbers of one hit in a {@link HitList}. */
export const FIELDS = 5;

/**
 * The hits of one blob, `FIELDS` numbers each: key (-1: an opening), start, end, start and end of the secret; in order of
 * start. Plain numbers, because a hit that stays in a file is written down again for each of the file's versions.
 */
export type HitList = Int32Array;

export const NO_HITS: HitList = new Int32Array(0);
export const OPENING = -1;

/** The end of an opening that reaches to the end of its blob: whatever is added there can matter to it. */
const OPEN_END = 0x3fffffff;

export const openingEnd = (end: number, size: number): number => (end >= size ? OPEN_END : end);

const LINE_FEED = 10;

/** How far around a match a long line is still its line: less than what is looked at again when something changes. */
const NEAR = 256;

/** Keys by number. What is held here is secret: nothing of it is shown but through {@link Secret}. */
export class HitKeys {
  readonly #keys: HitKey[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(hit: BlobHit, content: Buffer, size: number): number {
    const secret = content.toString('latin1', hit.secretStart, hit.secretEnd);
    const multiline = content.toString('latin1', hit.start, hit.end).trim().includes('\n');
    const name = `${hit.rule}\0${multiline}\0${secret}\0${linesOf(content, size, hit)}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#keys.length;
      const text = content.toString('utf8', hit.secretStart, hit.secretEnd);
      this.#keys.push({ rule: hit.rule, secret: new Secret(text), multiline, hit });
      this.#numbers.set(name, number);
    }
    return number;
  }

  key(number: number): HitKey {
    return this.#keys[number] as HitKey;
  }

  get count(): number {
    return this.#keys.length;
  }
}

/** The lines of a match, as far as they can matter to it. */
function linesOf(content: Buffer, size: number, { start, end }: BlobHit): string {
  let from = start;
  let to = Math.max(end, start);
  const lowest = Math.max(0, start - NEAR);
  const highest = Math.min(size, to + NEAR);
  while (from > lowest && content[from - 1] !== LINE_FEED) from--;
  while (to < highest && content[to] !== LINE_FEED) to++;
  return content.toString('latin1', from, to);
}
