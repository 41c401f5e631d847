import { order } from '#core/order.ts';
import { type Attribution, type Brought, displayPath } from './attribution.ts';
import { type CommitFacts, readFacts } from './commit-facts.ts';
import { FIELDS, type HitKeys } from './hits.ts';
import type { Inventory } from './inventory.ts';
import type { ObjectStore } from './object-store.ts';
import type { Excerpt, HistoryHit, HistoryPlace } from './result.ts';

/** Lines before and behind a match that an excerpt has, and its bytes at most on either side. */
const EXCERPT_LINES = 3;
const EXCERPT_BYTES = 2048;

const LINE_FEED = 10;

/** A place before it is counted in lines. */
interface Placed {
  readonly brought: Brought;
  readonly place: HistoryPlace;
  readonly time: number;
}

/** Puts together what was brought: one hit for each rule and secret, its places oldest first. */
export function gatherHits(
  inventory: Inventory,
  store: ObjectStore,
  keys: HitKeys,
  { brought }: Attribution,
  inHead: ReadonlySet<number>,
): HistoryHit[] {
  const gatherer = new Gatherer(inventory, store, keys);
  // Keys that differ only in whether the match goes over lines are one root cause.
  const groups = new Map<string, Map<string, Placed>>();
  const alive = new Set<string>();
  const nameOf = (key: number): string => `${keys.key(key).rule}\0${keys.key(key).secret.reveal()}`;
  for (const key of inHead) alive.add(nameOf(key));
  for (const each of brought) {
    const name = nameOf(each.key);
    const places = groups.get(name) ?? new Map<string, Placed>();
    groups.set(name, places);
    const where = `${each.commit} ${each.path}`;
    const known = places.get(where);
    const placed = gatherer.place(each);
    if (known === undefined || comparePlaces(placed, known) < 0) places.set(where, placed);
  }
  const hits = [...groups].map(([name, places]) => gatherer.hit([...places.values()], alive.has(name)));
  return hits.sort(
    (a, b) => comparePlace(a.places[0] as HistoryPlace, b.places[0] as HistoryPlace) || compareHits(a, b),
  );
}

class Gatherer {
  readonly #inventory: Inventory;
  readonly #store: ObjectStore;
  readonly #keys: HitKeys;
  readonly #facts = new Map<number, CommitFacts>();

  constructor(inventory: Inventory, store: ObjectStore, keys: HitKeys) {
    this.#inventory = inventory;
    this.#store = store;
    this.#keys = keys;
  }

  place(brought: Brought): Placed {
    const commit = this.#inventory.commits.commits.hex(brought.commit);
    const { author, email, date, time } = this.#factsOf(brought.commit, commit);
    const { line, column } = this.#position(brought);
    const path = displayPath(brought.path);
    return { brought, time, place: { commit, author, email, date, path, line, column, merge: brought.merge } };
  }

  hit(placed: Placed[], inHead: boolean): HistoryHit {
    placed.sort(comparePlaces);
    const { brought } = placed[0] as Placed;
    const { rule, secret } = this.#keys.key(brought.key);
    return { rule, secret, places: placed.map(({ place }) => place), excerpt: this.#excerpt(brought), inHead };
  }

  #factsOf(commit: number, id: string): CommitFacts {
    let facts = this.#facts.get(commit);
    if (facts === undefined) {
      facts = readFacts(this.#store, id);
      this.#facts.set(commit, facts);
    }
    return facts;
  }

  #position({ blob, at, seen }: Brought): { line: number; column: number } {
    const text = seen === undefined ? this.#contentOf(blob) : seen.text;
    let line = seen?.line ?? 1;
    let start = 0;
    for (let next = text.indexOf(LINE_FEED); next !== -1 && next < at; next = text.indexOf(LINE_FEED, start)) {
      start = next + 1;
      line++;
    }
    return { line, column: at - start + 1 };
  }

  #contentOf(blob: number): Buffer {
    return this.#store.read(this.#inventory.blobs.ids.hex(blob))?.content ?? Buffer.alloc(0);
  }

  #excerpt({ blob, at, key, seen }: Brought): Excerpt {
    if (seen !== undefined) return excerptOf(seen.text, seen.line, seen.hit);
    const hits = this.#inventory.blobs.hits(blob);
    let found = 0;
    while (found < hits.length && !(hits[found] === key && hits[found + 3] === at)) found += FIELDS;
    const [, start = at, end = at, secretStart = at, secretEnd = at] = hits.subarray(found, found + FIELDS);
    return excerptOf(this.#contentOf(blob), 1, { start, end, secretStart, secretEnd });
  }
}

type Ends = { readonly start: number; readonly end: number; readonly secretStart: number; readonly secretEnd: number };

/** The lines around a match in a text whose first line has a number. */
export function excerptOf(text: Buffer, firstLine: number, hit: Ends): Excerpt {
  let from = hit.start;
  for (let lines = 0; from > 0 && hit.start - from < EXCERPT_BYTES; from--) {
    if (text[from - 1] === LINE_FEED && ++lines > EXCERPT_LINES) break;
  }
  let to = hit.end;
  for (let lines = 0; to < text.length && to - hit.end < EXCERPT_BYTES; to++) {
    if (text[to] === LINE_FEED && ++lines > EXCERPT_LINES) break;
  }
  let line = firstLine;
  for (let next = text.indexOf(LINE_FEED); next !== -1 && next < from; next = text.indexOf(LINE_FEED, next + 1)) line++;
  return {
    firstLine: line,
    bytes: Buffer.from(text.subarray(from, to)),
    match: { start: hit.start - from, end: hit.end - from },
    secret: { start: hit.secretStart - from, end: hit.secretEnd - from },
  };
}

const comparePlaces = (a: Placed, b: Placed): number => a.time - b.time || comparePlace(a.place, b.place);

const comparePlace = (a: HistoryPlace, b: HistoryPlace): number =>
  order(a.date, b.date) || order(a.commit, b.commit) || order(a.path, b.path) || a.line - b.line || a.column - b.column;

const compareHits = (a: HistoryHit, b: HistoryHit): number =>
  order(a.rule, b.rule) || order(a.secret.reveal(), b.secret.reveal());
