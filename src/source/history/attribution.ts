import { displayName } from '../name.ts';
import { answers } from './added.ts';
import { BINARY, type BlobTable, LOST } from './blob-table.ts';
import { type Change, NOTHING_FLAGGED } from './changes.ts';
import type { CommitGraph } from './commit-graph.ts';
import type { BlobHit, Examiner } from './examiner.ts';
import { FIELDS, type HitKeys, type HitList, OPENING } from './hits.ts';
import type { ObjectStore } from './object-store.ts';
import { BLOB } from './pack.ts';
import type { AddedLines } from './patch.ts';
import type { TreeGraph } from './tree-graph.ts';
import { hasDeletions, readTree } from './tree-object.ts';

/** A hit that a commit brought to a path. */
export interface Brought {
  readonly commit: number;
  readonly path: string;
  readonly key: number;
  readonly merge: boolean;
  /** Where to find it: in a flagged blob, at an offset; or, when git's diff told, on a line of the commit's version. */
  readonly blob: number;
  readonly at: number;
  readonly seen?: { readonly line: number; readonly text: Buffer; readonly hit: BlobHit };
}

/** A commit and a path for which git has to be asked. */
export interface Question {
  readonly commit: number;
  readonly path: string;
  readonly blob: number;
  /** As in {@link Change}. */
  readonly before: number;
}

export interface AttributionParts {
  readonly store: ObjectStore;
  readonly blobs: BlobTable;
  readonly commits: CommitGraph;
  readonly trees: TreeGraph;
  readonly keys: HitKeys;
  readonly examiner: Examiner;
}

/** Decides which hits each change brought, and collects what only git's own diff can decide. */
export class Attribution {
  readonly brought: Brought[] = [];
  readonly questions: Question[] = [];
  readonly #parts: AttributionParts;
  readonly #deletions = new Map<number, boolean>();
  readonly #accepted = new Map<string, Map<number, boolean>>();

  constructor(parts: AttributionParts) {
    this.#parts = parts;
  }

  decide(change: Change): void {
    const { blobs } = this.#parts;
    const hits = blobs.hits(change.blob);
    if (!this.#anyAccepted(hits, change.path)) return;
    if (change.before === NOTHING_FLAGGED) this.#decideNew(change, hits);
    else this.#decideEdit(change, hits);
  }

  /** Takes in lines that git says a commit added. */
  addLines(added: AddedLines, question: Question): void {
    const { examiner, keys } = this.#parts;
    const found: BlobHit[] = [];
    examiner.examine(added.text, added.text.length, Uint32Array.of(0, added.text.length), 2, found);
    for (const hit of found) {
      if (hit.opening || !examiner.accepts(hit, displayPath(added.path), added.commit)) continue;
      const key = keys.numberOf(hit, added.text, added.text.length);
      const { commit, path, blob } = question;
      const seen = { line: added.line, text: added.text, hit };
      this.brought.push({ commit, path, key, merge: false, blob, at: hit.secretStart, seen });
    }
  }

  /** Whether a hit counts at a path, whatever the commit. */
  accepts(list: HitList, at: number, path: string): boolean {
    const key = list[at] as number;
    if (key === OPENING) return false;
    let known = this.#accepted.get(path);
    if (known === undefined) {
      known = new Map();
      this.#accepted.set(path, known);
    }
    let accepted = known.get(key);
    if (accepted === undefined) {
      accepted = this.#parts.examiner.accepts(this.#parts.keys.key(key).hit, displayPath(path), undefined);
      known.set(key, accepted);
    }
    return accepted;
  }

  /** Every hit of the new content that counts, of some keys or of all. */
  bring(change: Omit<Question, 'before'>, hits: HitList, which?: (key: number) => boolean, merge = false): void {
    const { commits, examiner, keys } = this.#parts;
    const id = commits.commits.hex(change.commit);
    for (let at = 0; at < hits.length; at += FIELDS) {
      const key = hits[at] as number;
      if (!this.accepts(hits, at, change.path) || !(which?.(key) ?? true)) continue;
      if (!examiner.accepts(keys.key(key).hit, displayPath(change.path), id)) continue;
      const { commit, path, blob } = change;
      this.brought.push({ commit, path, key, merge, blob, at: hits[at + 3] as number });
    }
  }

  #anyAccepted(hits: HitList, path: string): boolean {
    for (let at = 0; at < hits.length; at += FIELDS) if (this.accepts(hits, at, path)) return true;
    return false;
  }

  /** There were no hits at this path before, or no such path. */
  #decideNew(change: Change, hits: HitList): void {
    const old = this.#entryBefore(change);
    if (old === 'unknown') this.questions.push(change);
    else if (old === undefined) {
      if (this.#mayBeRenamed(change.commit)) this.questions.push(change);
      else this.bring(change, hits);
    } else {
      const { blobs, keys } = this.#parts;
      const before = blobs.ids.find(Buffer.from(old, 'hex'), 0);
      const state = before === -1 ? LOST : blobs.state(before);
      // git shows no lines where one side is binary.
      if (state === BINARY) return;
      const unsure = state === LOST || this.#some(hits, (key) => keys.key(key).multiline);
      if (unsure) this.questions.push(change);
      else this.bring(change, hits);
    }
  }

  #decideEdit(change: Change, hits: HitList): void {
    const { keys } = this.#parts;
    const added = new Set<number>();
    const told = this.#answers(change, hits);
    if (told === undefined) {
      this.questions.push(change);
      return;
    }
    for (let at = 0; at < hits.length; at += FIELDS) {
      const key = hits[at] as number;
      if (!this.accepts(hits, at, change.path)) continue;
      const answer = told.get(key);
      if (answer === 'unsure') {
        this.questions.push(change);
        return;
      }
      if (answer === 'added') added.add(key);
    }
    if (added.size > 0) this.bring(change, hits, (key) => added.has(key) && !keys.key(key).multiline);
  }

  #answers(change: Change, hits: HitList): ReturnType<typeof answers> | undefined {
    const { store, blobs, keys } = this.#parts;
    const now = store.read(blobs.ids.hex(change.blob));
    const old = store.read(blobs.ids.hex(change.before));
    if (now?.type !== BLOB || old?.type !== BLOB) return undefined;
    return answers(now.content, old.content, hits, keys);
  }

  #some(hits: HitList, test: (key: number) => boolean): boolean {
    for (let at = 0; at < hits.length; at += FIELDS) {
      if (hits[at] !== OPENING && test(hits[at] as number)) return true;
    }
    return false;
  }

  /** The blob that the path had before: its id, `undefined` for none. */
  #entryBefore(change: Change): string | undefined | 'unknown' {
    const { store, trees } = this.#parts;
    if (change.folderBefore === -1) return undefined;
    const folder = readTree(store, trees.trees.hex(change.folderBefore));
    if (folder === undefined) return 'unknown';
    const entry = folder.get(change.path.slice(change.path.lastIndexOf('/') + 1));
    if (entry === undefined || entry.mode === '40000') return undefined;
    // Another kind of thing at the same path: git shows the old one deleted and the new one created.
    return entry.mode.startsWith('100') ? entry.id : 'unknown';
  }

  #mayBeRenamed(commit: number): boolean {
    let deletions = this.#deletions.get(commit);
    if (deletions === undefined) {
      const { commits, store, trees } = this.#parts;
      const id = (which: number): string => trees.trees.hex(commits.treeOf(which));
      deletions =
        commits.parentCount(commit) > 0 && (hasDeletions(store, id(commits.parentOf(commit, 0)), id(commit)) ?? true);
      this.#deletions.set(commit, deletions);
    }
    return deletions;
  }
}

/** A path of bytes as people see it. */
export const displayPath = (path: string): string => displayName(Buffer.from(path, 'latin1'));
