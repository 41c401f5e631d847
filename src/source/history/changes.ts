import type { CommitGraph } from './commit-graph.ts';
import type { TreeGraph } from './tree-graph.ts';

/** What stood at a path before: no known hits there, which may mean no file at all. */
export const NOTHING_FLAGGED = -1;

/** A commit gave a path new content in which there are hits. */
export interface Change {
  readonly commit: number;
  /** As git stores it: bytes, one for each character. */
  readonly path: string;
  /** The flagged blob that the path has now. */
  readonly blob: number;
  /** The flagged blob that it had in the first parent, or {@link NOTHING_FLAGGED}. */
  readonly before: number;
  /** In that case: the tree of the first parent in which to look for the name; -1 if it had no such folder. */
  readonly folderBefore: number;
}

/** A merge gave a path content that none of its parents has there. */
export interface MergeChange {
  readonly commit: number;
  readonly path: string;
  readonly blob: number;
  /** The flagged blobs that the parents have there. */
  readonly before: readonly number[];
}

/** From here on a folder's names are looked up in a map. */
const LINEAR = 24;

/** Walks commits and says what each changed, as far as hits are concerned. */
export class ChangeWalk {
  readonly #commits: CommitGraph;
  readonly #trees: TreeGraph;
  readonly #path: number[] = [];

  constructor(commits: CommitGraph, trees: TreeGraph) {
    this.#commits = commits;
    this.#trees = trees;
  }

  /** The changes of a commit with one parent or none, as `git log -p` sees them. */
  changes(commit: number, found: Change[]): void {
    const tree = this.#commits.treeOf(commit);
    if (!this.#trees.leads(tree)) return;
    const parent = this.#commits.parentCount(commit) === 0 ? -1 : this.#commits.parentOf(commit, 0);
    // A parent that is missing would make everything new; nobody can say what the commit changed.
    const before = parent === -1 ? -1 : this.#commits.treeOf(parent);
    if (before === tree || (parent !== -1 && before === -1)) return;
    this.#compare(commit, tree, before, found);
  }

  /** What a merge brought that none of its parents had. */
  merged(commit: number, found: MergeChange[]): void {
    const tree = this.#commits.treeOf(commit);
    if (!this.#trees.leads(tree)) return;
    const parents: number[] = [];
    for (let i = 0; i < this.#commits.parentCount(commit); i++) {
      parents.push(this.#commits.treeOf(this.#commits.parentOf(commit, i)));
    }
    if (!parents.includes(-1)) this.#compareMerge(commit, tree, parents, found);
  }

  /** Every flagged blob below a tree, with its path. */
  flagged(tree: number, each: (path: string, blob: number) => void): void {
    if (!this.#trees.leads(tree)) return;
    const end = this.#trees.endEdge(tree);
    for (let edge = this.#trees.firstEdge(tree); edge < end; edge++) {
      const target = this.#trees.edgeTarget(edge);
      this.#path.push(this.#trees.edgeName(edge));
      if (target < 0) each(this.#pathName(), ~target);
      else this.flagged(target, each);
      this.#path.pop();
    }
  }

  #compare(commit: number, tree: number, before: number, found: Change[]): void {
    const trees = this.#trees;
    const find = this.#finder(before);
    const end = trees.endEdge(tree);
    for (let edge = trees.firstEdge(tree); edge < end; edge++) {
      const target = trees.edgeTarget(edge);
      if (target >= 0 && !trees.leads(target)) continue;
      const name = trees.edgeName(edge);
      const old = find(name);
      const oldTarget = old === -1 ? undefined : trees.edgeTarget(old);
      if (oldTarget === target) continue;
      this.#path.push(name);
      if (target >= 0) {
        this.#compare(commit, target, oldTarget !== undefined && oldTarget >= 0 ? oldTarget : -1, found);
      } else {
        const wasFlagged = oldTarget !== undefined && oldTarget < 0;
        const blob = wasFlagged ? ~oldTarget : NOTHING_FLAGGED;
        found.push({ commit, path: this.#pathName(), blob: ~target, before: blob, folderBefore: before });
      }
      this.#path.pop();
    }
  }

  #compareMerge(commit: number, tree: number, parents: readonly number[], found: MergeChange[]): void {
    const trees = this.#trees;
    const end = trees.endEdge(tree);
    for (let edge = trees.firstEdge(tree); edge < end; edge++) {
      const target = trees.edgeTarget(edge);
      if (target >= 0 && !trees.leads(target)) continue;
      const name = trees.edgeName(edge);
      const olds = parents.map((parent) => {
        const old = parent === -1 ? -1 : trees.find(parent, name);
        return old === -1 ? undefined : trees.edgeTarget(old);
      });
      if (olds.includes(target)) continue;
      this.#path.push(name);
      if (target >= 0) {
        const folders = olds.map((old) => (old !== undefined && old >= 0 ? old : -1));
        this.#compareMerge(commit, target, folders, found);
      } else {
        const before = olds.filter((old) => old !== undefined && old < 0).map((old) => ~(old as number));
        found.push({ commit, path: this.#pathName(), blob: ~target, before });
      }
      this.#path.pop();
    }
  }

  /** Looks names up in a tree. Trees are sorted, so the next name asked for is nearly always the next one there. */
  #finder(tree: number): (name: number) => number {
    if (tree === -1) return () => -1;
    const trees = this.#trees;
    const first = trees.firstEdge(tree);
    const end = trees.endEdge(tree);
    let next = first;
    let index: Map<number, number> | undefined;
    return (name) => {
      if (next < end && trees.edgeName(next) === name) return next++;
      if (end - first <= LINEAR) {
        const found = trees.find(tree, name);
        if (found !== -1) next = found + 1;
        return found;
      }
      if (index === undefined) {
        index = new Map();
        for (let edge = first; edge < end; edge++) index.set(trees.edgeName(edge), edge);
      }
      const found = index.get(name) ?? -1;
      if (found !== -1) next = found + 1;
      return found;
    };
  }

  #pathName(): string {
    return this.#path.map((name) => this.#trees.names.name(name).toString('latin1')).join('/');
  }
}
