import type { BlobTable } from './blob-table.ts';
import type { IdTable } from './id-table.ts';
import { IntList } from './int-list.ts';
import { NameTable } from './name-table.ts';

const SPACE = 32;
const DIGIT_0 = 48;
const DIGIT_1 = 49;
const DIGIT_4 = 52;
const DIGIT_6 = 54;

/** Deeper than git itself goes into folders. */
const DEEPEST = 2048;

/**
 * The folders of a history, without the files in which nothing was found: of each tree its subtrees and its flagged
 * blobs, as numbers. So the whole history of a few hits is walked without going back to the packs.
 */
export class TreeGraph {
  readonly trees: IdTable;
  readonly names = new NameTable();
  readonly #blobs: BlobTable;
  /** Files that trees name and no store holds. */
  missing = 0;
  readonly #first = new IntList();
  readonly #count = new IntList();
  readonly #edgeNames = new IntList();
  /** A tree's number, or `~n` for blob n. */
  readonly #edgeTargets = new IntList();
  /** Whether a tree leads to a flagged blob: 0 not asked yet, 1 no, 2 yes. */
  #leads = new Uint8Array(0);

  constructor(trees: IdTable, blobs: BlobTable) {
    this.trees = trees;
    this.#blobs = blobs;
  }

  get edges(): number {
    return this.#edgeNames.length;
  }

  /** Takes in a tree object; false if it is damaged. A tree given twice is taken in once. */
  add(id: Buffer, at: number, content: Buffer, size: number): boolean {
    const { idLength } = this.trees;
    const tree = this.trees.add(id, at);
    if (this.isKnown(tree)) return true;
    const first = this.#edgeNames.length;
    let next = 0;
    while (next < size) {
      // Some old programs wrote modes with a zero in front.
      if (content[next] === DIGIT_0) next++;
      const kind = content[next] as number;
      const isTree = kind === DIGIT_4;
      const isLink = kind === DIGIT_1 && content[next + 1] === DIGIT_6;
      let name = next + 5;
      while (name < size && content[name] !== SPACE) name++;
      let end = ++name;
      while (end < size && content[end] !== 0) end++;
      if (end === name || end + 1 + idLength > size) return false;
      const target = isTree ? this.trees.add(content, end + 1) : isLink ? -1 : this.#flagged(content, end + 1);
      if (target !== -1) {
        this.#edgeNames.push(this.names.numberOf(content, name, end));
        this.#edgeTargets.push(isTree ? target : ~target);
      }
      next = end + 1 + idLength;
    }
    this.#first.set(tree, first);
    // One more than there are, so that a tree not taken in (0) can be told from one with nothing in it.
    this.#count.set(tree, this.#edgeNames.length - first + 1);
    return true;
  }

  /** The number of a blob if it has hits, -1 otherwise. */
  #flagged(content: Buffer, at: number): number {
    const blob = this.#blobs.ids.find(content, at);
    if (blob === -1) this.missing++;
    return blob !== -1 && this.#blobs.isFlagged(blob) ? blob : -1;
  }

  isKnown(tree: number): boolean {
    return tree < this.#count.length && this.#count.at(tree) > 0;
  }

  firstEdge(tree: number): number {
    return tree < this.#first.length ? this.#first.at(tree) : 0;
  }

  endEdge(tree: number): number {
    return this.isKnown(tree) ? this.#first.at(tree) + this.#count.at(tree) - 1 : this.firstEdge(tree);
  }

  edgeName(edge: number): number {
    return this.#edgeNames.at(edge);
  }

  edgeTarget(edge: number): number {
    return this.#edgeTargets.at(edge);
  }

  /** The edge of a tree with a name, -1 if it has none. */
  find(tree: number, name: number): number {
    const end = this.endEdge(tree);
    for (let edge = this.firstEdge(tree); edge < end; edge++) if (this.#edgeNames.at(edge) === name) return edge;
    return -1;
  }

  /** Whether a flagged blob is somewhere below a tree. Asked only once all trees are taken in. */
  leads(tree: number, depth = 0): boolean {
    if (this.#leads.length < this.trees.count) this.#leads = new Uint8Array(this.trees.count);
    if (this.#leads[tree] !== 0) return this.#leads[tree] === 2;
    if (depth > DEEPEST) return false;
    const end = this.endEdge(tree);
    let leads = false;
    for (let edge = this.firstEdge(tree); edge < end && !leads; edge++) {
      const target = this.#edgeTargets.at(edge);
      leads = target < 0 || this.leads(target, depth + 1);
    }
    this.#leads[tree] = leads ? 2 : 1;
    return leads;
  }
}
