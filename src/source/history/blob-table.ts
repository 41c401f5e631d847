import { type HitList, NO_HITS } from './hits.ts';
import { IdTable } from './id-table.ts';
import { IntList } from './int-list.ts';

/** What is known of a blob beside its hits. */
export const TEXT = 0;
export const BINARY = 1;
/** Damaged or larger than the limit: its hits are not known. */
export const LOST = 2;

/** Every blob of a history and what was found in it. */
export class BlobTable {
  readonly ids: IdTable;
  readonly #states = new IntList();
  readonly #hits: HitList[] = [];
  /** For each blob: the place of its hits in `#hits` plus one, 0 for none. */
  readonly #places = new IntList();

  constructor(idLength: number, expected: number) {
    this.ids = new IdTable(idLength, expected);
  }

  add(id: Buffer, at: number, state: number, hits: HitList): void {
    const blob = this.ids.add(id, at);
    if (blob < this.#states.length) return;
    this.#states.push(state);
    if (hits.length > 0) this.#hits.push(hits);
    this.#places.push(hits.length > 0 ? this.#hits.length : 0);
  }

  get flagged(): number {
    return this.#hits.length;
  }

  state(blob: number): number {
    return this.#states.at(blob);
  }

  isFlagged(blob: number): boolean {
    return this.#places.at(blob) !== 0;
  }

  hits(blob: number): HitList {
    const place = this.#places.at(blob);
    return place === 0 ? NO_HITS : (this.#hits[place - 1] as HitList);
  }
}
