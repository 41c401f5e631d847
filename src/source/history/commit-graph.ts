import { IdTable } from './id-table.ts';
import { IntList } from './int-list.ts';

/** Not read: the commit is named as a parent or by a ref, but is not there. */
export const UNKNOWN = -1;

/** More parents than any real merge has. */
const MOST_PARENTS = 4096;

/** Commits with their trees and parents, as numbers: those of {@link CommitGraph.commits} and of the table of trees. */
export class CommitGraph {
  readonly commits: IdTable;
  readonly #trees: IdTable;
  readonly #tree = new IntList();
  readonly #first = new IntList();
  readonly #count = new IntList();
  readonly #parents = new IntList();
  readonly #id: Buffer;
  readonly #shallow: ReadonlySet<string>;
  /** Parents that a shallow clone cut off. */
  cut = 0;

  constructor(idLength: number, trees: IdTable, shallow: ReadonlySet<string>) {
    this.commits = new IdTable(idLength, 4096);
    this.#trees = trees;
    this.#id = Buffer.alloc(idLength);
    this.#shallow = shallow;
  }

  /** Takes in a commit object; false if it is none. Only the headers `tree` and `parent` are read: they come first. */
  add(id: Buffer, at: number, content: Buffer, size: number): boolean {
    const hexLength = this.#id.length * 2;
    if (!startsWith(content, size, 0, TREE) || !this.#readId(content, size, TREE.length)) return false;
    const tree = this.#trees.add(this.#id, 0);
    const commit = this.#reserve(this.commits.add(id, at));
    const isCut = this.#shallow.size > 0 && this.#shallow.has(this.commits.hex(commit));
    const first = this.#parents.length;
    let next = TREE.length + hexLength + 1;
    while (this.#parents.length - first < MOST_PARENTS && startsWith(content, size, next, PARENT)) {
      if (!this.#readId(content, size, next + PARENT.length)) return false;
      if (isCut) this.cut++;
      else this.#parents.push(this.#reserve(this.commits.add(this.#id, 0)));
      next += PARENT.length + hexLength + 1;
    }
    this.#tree.items[commit] = tree;
    this.#first.items[commit] = first;
    this.#count.items[commit] = this.#parents.length - first;
    return true;
  }

  /** The number of a commit's tree, {@link UNKNOWN} for a commit that was not read. */
  treeOf(commit: number): number {
    return commit < this.#tree.length ? this.#tree.at(commit) : UNKNOWN;
  }

  parentCount(commit: number): number {
    return this.#count.at(commit);
  }

  parentOf(commit: number, which: number): number {
    return this.#parents.at(this.#first.at(commit) + which);
  }

  /** The commits that some tips lead to, children before their parents as far as each walk goes; and the missing ones. */
  reachable(tips: readonly number[]): { readonly commits: readonly number[]; readonly missing: readonly number[] } {
    const seen = new Uint8Array(this.commits.count);
    const commits: number[] = [];
    const missing: number[] = [];
    const open = tips.toReversed();
    for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
      if (seen[commit] === 1) continue;
      seen[commit] = 1;
      if (this.treeOf(commit) === UNKNOWN) {
        missing.push(commit);
        continue;
      }
      commits.push(commit);
      for (let i = this.parentCount(commit) - 1; i >= 0; i--) open.push(this.parentOf(commit, i));
    }
    return { commits, missing };
  }

  #reserve(commit: number): number {
    while (this.#tree.length <= commit) {
      this.#tree.push(UNKNOWN);
      this.#first.push(0);
      this.#count.push(0);
    }
    return commit;
  }

  #readId(content: Buffer, size: number, at: number): boolean {
    const length = this.#id.length;
    if (at + length * 2 >= size || content[at + length * 2] !== LINE_FEED) return false;
    for (let i = 0; i < length; i++) {
      const high = hexDigit(content[at + i * 2] as number);
      const low = hexDigit(content[at + i * 2 + 1] as number);
      if (high < 0 || low < 0) return false;
      this.#id[i] = high * 16 + low;
    }
    return true;
  }
}

const TREE = Buffer.from('tree ');
const PARENT = Buffer.from('parent ');
const LINE_FEED = 10;

function startsWith(content: Buffer, size: number, at: number, word: Buffer): boolean {
  if (at + word.length > size) return false;
  for (let i = 0; i < word.length; i++) if (content[at + i] !== word[i]) return false;
  return true;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  return byte >= 97 && byte <= 102 ? byte - 87 : -1;
}
