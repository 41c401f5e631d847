import { setImmediate } from 'node:timers/promises';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import type { Progress } from '#core/progress.ts';
import { askGit } from './ask-git.ts';
import { Attribution } from './attribution.ts';
import { BlobSweep } from './blob-sweep.ts';
import { BINARY } from './blob-table.ts';
import { type Change, ChangeWalk, type MergeChange } from './changes.ts';
import { UNKNOWN } from './commit-graph.ts';
import type { Examiner } from './examiner.ts';
import { gatherHits } from './gather.ts';
import { FIELDS, HitKeys } from './hits.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { Kernel } from './kernel.ts';
import { ObjectStore } from './object-store.ts';
import { COMMIT, TAG } from './pack.ts';
import { historyProblems } from './problems.ts';
import { findRepository, type Repository } from './repository.ts';
import type { HistoryResult } from './result.ts';

/** A blob larger than this is not looked at, and said to be so. */
const LARGEST_BLOB = 32 << 20;

/** How long other work of the process waits, in milliseconds. */
const BREATH = 40;

/** Tags of tags, as far as they are followed. */
const DEEPEST_TAG = 32;

export interface HistoryOptions {
  readonly git: Git;
  /** Any folder of the repository: its work tree, a linked one, a bare one. */
  readonly cwd: string;
  readonly examiner: Examiner;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  /** Bytes; larger blobs are Problems. */
  readonly largestBlob?: number;
}

/**
 * Looks through the full history of all refs: every (rule, secret, path, commit) that a scanner of
 * `git log -p -U0 --full-history --all` would find, and besides what only merges brought.
 *
 * Reads packs itself, because `git log -p` spends its time on undoing and redoing deltas; see
 * `docs/adr/0010-history-reads-packs.md`. What cannot be read is a Problem. Throws a `SluiceError` where there is no
 * repository, and the signal's reason when it is aborted.
 */
export async function scanHistory(options: HistoryOptions): Promise<HistoryResult> {
  const repository = await findRepository(options.git, options.cwd, options.signal);
  const store = new ObjectStore(repository.objects, repository.idLength, options.largestBlob ?? LARGEST_BLOB);
  try {
    return await new HistoryScan(options, repository, store).run();
  } finally {
    store.close();
  }
}

class HistoryScan {
  readonly #options: HistoryOptions;
  readonly #repository: Repository;
  readonly #store: ObjectStore;
  readonly #keys = new HitKeys();
  readonly #problems: Problem[] = [];
  #breathed = performance.now();

  constructor(options: HistoryOptions, repository: Repository, store: ObjectStore) {
    this.#options = options;
    this.#repository = repository;
    this.#store = store;
  }

  async run(): Promise<HistoryResult> {
    const kernel = new Kernel();
    const sweep = new BlobSweep(kernel, this.#options.examiner, this.#keys);
    const { progress } = this.#options;
    const breathe = (): Promise<void> => this.#breathe();
    const { shallow } = this.#repository;
    const inventory = await takeInventory({ store: this.#store, shallow, kernel, sweep, progress, breathe });
    const { tips, missing } = this.#tips(inventory);
    const reachable = inventory.commits.reachable(tips);
    const attribution = await this.#attribute(inventory, reachable.commits);
    const problems = historyProblems({
      inventory,
      store: this.#store,
      missingCommits: missing + reachable.missing.length,
      full: sweep.full,
    });
    return {
      hits: gatherHits(inventory, this.#store, this.#keys, attribution, this.#headKeys(inventory, attribution)),
      problems: [...problems, ...this.#problems],
      commits: reachable.commits.length,
      blobs: inventory.blobs.ids.count,
      binary: countBinary(inventory),
      bytes: inventory.bytes,
      examined: sweep.examined,
    };
  }

  async #attribute(inventory: Inventory, reachable: readonly number[]): Promise<Attribution> {
    const { blobs, commits, trees } = inventory;
    const { examiner, git, cwd, signal } = this.#options;
    const attribution = new Attribution({ store: this.#store, blobs, commits, trees, keys: this.#keys, examiner });
    if (blobs.flagged === 0) return attribution;
    const walk = new ChangeWalk(commits, trees);
    for (const commit of reachable) {
      if (commits.parentCount(commit) > 1) continue;
      const changes: Change[] = [];
      walk.changes(commit, changes);
      for (const change of changes) attribution.decide(change);
      if (changes.length > 0) await this.#breathe();
    }
    await askGit({ git, repository: this.#repository, cwd, attribution, commits: commits.commits, signal });
    this.#addMerges(inventory, walk, reachable, attribution);
    return attribution;
  }

  /** Secrets that no other commit brought, but a merge: when it was resolved somebody wrote them in. */
  #addMerges(inventory: Inventory, walk: ChangeWalk, reachable: readonly number[], attribution: Attribution): void {
    const { blobs, commits } = inventory;
    const explained = new Set(attribution.brought.map(({ key }) => key));
    for (const commit of reachable) {
      if (commits.parentCount(commit) < 2) continue;
      const merged: MergeChange[] = [];
      walk.merged(commit, merged);
      for (const change of merged) {
        const known = new Set(explained);
        for (const blob of change.before) {
          const hits = blobs.hits(blob);
          for (let at = 0; at < hits.length; at += FIELDS) known.add(hits[at] as number);
        }
        attribution.bring(change, blobs.hits(change.blob), (key) => !known.has(key), true);
      }
    }
  }

  /** The keys that HEAD's tree still holds at a path where they count. */
  #headKeys({ blobs, commits, trees }: Inventory, attribution: Attribution): ReadonlySet<number> {
    const keys = new Set<number>();
    const head = this.#repository.head;
    const commit = head === undefined ? -1 : commits.commits.find(Buffer.from(head, 'hex'), 0);
    const tree = commit === -1 ? UNKNOWN : commits.treeOf(commit);
    if (tree === UNKNOWN) return keys;
    new ChangeWalk(commits, trees).flagged(tree, (path, blob) => {
      const hits = blobs.hits(blob);
      for (let at = 0; at < hits.length; at += FIELDS) {
        if (attribution.accepts(hits, at, path)) keys.add(hits[at] as number);
      }
    });
    return keys;
  }

  /** Refs as numbers of commits; tags are followed to what they are tags of. */
  #tips({ commits }: Inventory): { readonly tips: number[]; readonly missing: number } {
    const tips: number[] = [];
    let missing = 0;
    for (const tip of this.#repository.tips) {
      const id = commits.commits.find(Buffer.from(tip, 'hex'), 0) === -1 ? this.#tagged(tip) : tip;
      const commit = id === undefined ? -1 : commits.commits.find(Buffer.from(id, 'hex'), 0);
      if (commit !== -1) tips.push(commit);
      else if (id !== undefined) missing++;
    }
    return { tips, missing };
  }

  /** The commit that an annotated tag leads to; `undefined` if it is a tag of something else. */
  #tagged(tag: string): string | undefined {
    let id = tag;
    for (let depth = 0; depth < DEEPEST_TAG; depth++) {
      const object = this.#store.read(id);
      if (object === undefined || object.type === COMMIT) return id;
      if (object.type !== TAG) return undefined;
      const named = /^object ([0-9a-f]+)\n/.exec(object.content.toString('latin1', 0, 80))?.[1];
      if (named === undefined) return id;
      id = named;
    }
    return id;
  }

  async #breathe(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    if (performance.now() - this.#breathed < BREATH) return;
    await setImmediate();
    this.#breathed = performance.now();
  }
}

function countBinary({ blobs }: Inventory): number {
  let count = 0;
  for (let blob = 0; blob < blobs.ids.count; blob++) if (blobs.state(blob) === BINARY) count++;
  return count;
}
