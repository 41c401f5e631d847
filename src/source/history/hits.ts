import { Secret } from '#core/secret.ts';
import type { BlobHit } from './examiner.ts';

/** One rule and one secret: hits with the same key are the same root cause in several places. */
export interface HitKey {
  readonly rule: string;
  readonly secret: Secret;
  /** The match goes over a line break, so that a diff may show a part of it. */
  readonly multiline: boolean;
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

/** Keys by number. What is held here is secret: nothing of it is shown but through {@link Secret}. */
export class HitKeys {
  readonly #keys: HitKey[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(hit: BlobHit, content: Buffer): number {
    const secret = content.toString('latin1', hit.secretStart, hit.secretEnd);
    const multiline = content.toString('latin1', hit.start, hit.end).trim().includes('\n');
    const name = `${hit.rule}\0${multiline}\0${secret}`;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#keys.length;
      const text = content.toString('utf8', hit.secretStart, hit.secretEnd);
      this.#keys.push({ rule: hit.rule, secret: new Secret(text), multiline });
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

/** One hit of a list in words. */
export function hitAt(list: HitList, at: number, keys: HitKeys): BlobHit {
  return {
    rule: keys.key(list[at] as number).rule,
    start: list[at + 1] as number,
    end: list[at + 2] as number,
    secretStart: list[at + 3] as number,
    secretEnd: list[at + 4] as number,
  };
}
