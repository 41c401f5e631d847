import type { Progress } from '#core/progress.ts';
import { BINARY_LOOK, type BlobSweep } from './blob-sweep.ts';
import { BINARY, BlobTable, LOST, TEXT } from './blob-table.ts';
import { CommitGraph } from './commit-graph.ts';
import { type HitList, NO_HITS } from './hits.ts';
import { IdTable } from './id-table.ts';
import type { Kernel } from './kernel.ts';
import { looseIds, readLoose } from './loose-objects.ts';
import type { ObjectStore } from './object-store.ts';
import { BLOB, COMMIT, type Pack, TREE } from './pack.ts';
import { TreeGraph } from './tree-graph.ts';
import { type Loss, PackWalk, type Visitor } from './walk.ts';

/** Everything read from a store: the blobs with their hits, the commits, and the folders that lead to hits. */
export interface Inventory {
  readonly blobs: BlobTable;
  readonly commits: CommitGraph;
  readonly trees: TreeGraph;
  /** How many objects could not be read, by pack (`loose` for those that stand alone) and reason. */
  readonly losses: ReadonlyMap<string, number>;
  readonly bytes: number;
}

export interface InventoryOptions {
  readonly store: ObjectStore;
  readonly shallow: ReadonlySet<string>;
  readonly kernel: Kernel;
  readonly sweep: BlobSweep;
  readonly progress: Progress | undefined;
  /** Called often; throws to end the work, and lets other work of the process go on. */
  breathe(): Promise<void>;
}

/** Reads a whole store: blobs first, then commits and, where there is a hit, trees. */
export async function takeInventory(options: InventoryOptions): Promise<Inventory> {
  const reader = new InventoryReader(options);
  await reader.readAll();
  return reader;
}

class InventoryReader implements Inventory {
  readonly blobs: BlobTable;
  readonly commits: CommitGraph;
  readonly trees: TreeGraph;
  readonly losses = new Map<string, number>();
  bytes = 0;
  readonly #options: InventoryOptions;
  readonly #walks: PackWalk[];
  readonly #loose = new Map<number, [folder: string, id: string][]>();
  readonly #total: number;
  #done = 0;

  constructor(options: InventoryOptions) {
    const { store, kernel, shallow } = options;
    this.#options = options;
    this.#walks = store.packs.map((pack) => new PackWalk(pack, kernel, store.inflater, store.largest));
    this.#total = store.packs.reduce((sum, pack) => sum + pack.count, 0);
    const trees = new IdTable(store.idLength, countOf(store.packs, TREE));
    this.blobs = new BlobTable(store.idLength, countOf(store.packs, BLOB));
    this.trees = new TreeGraph(trees, this.blobs);
    this.commits = new CommitGraph(store.idLength, trees, shallow);
  }

  async readAll(): Promise<void> {
    for (const walk of this.#walks) await this.#walk(walk, BLOB, this.#blobVisitor(walk.pack));
    await this.#sortLoose();
    for (const walk of this.#walks) await this.#walk(walk, COMMIT, this.#commitVisitor(walk.pack));
    this.#eachLoose(COMMIT, (id, content) => this.commits.add(id, 0, content, content.length));
    if (this.blobs.flagged > 0) {
      for (const walk of this.#walks) await this.#walk(walk, TREE, this.#treeVisitor(walk.pack));
      this.#eachLoose(TREE, (id, content) => this.trees.add(id, 0, content, content.length));
    }
    // Their buffers are of no more use, and what follows has to fit beside what was found.
    this.#walks.length = 0;
  }

  async #walk(walk: PackWalk, type: number, visitor: Visitor): Promise<void> {
    let seen = 0;
    for (const done of walk.run(type, visitor)) {
      this.#options.progress?.({ phase: 'reading history', done: this.#done + done, total: this.#total });
      await this.#options.breathe();
      seen = done;
    }
    this.#done += seen;
  }

  #blobVisitor(pack: Pack): Visitor {
    const { kernel, sweep } = this.#options;
    const { ids, idLength } = pack.index;
    const hits = new Array<HitList | undefined>(pack.count);
    const add = (entry: number, state: number, list: HitList): void =>
      this.blobs.add(ids, (pack.rows[entry] as number) * idLength, state, list);
    return {
      peek: BINARY_LOOK,
      visit: (entry, content, size, from) => {
        this.bytes += size;
        const known = from === undefined ? undefined : hits[from.entry];
        const list = sweep.hits(content, size, known && from && { ...from, hits: known });
        hits[entry] = list;
        add(entry, list === undefined ? BINARY : TEXT, list ?? NO_HITS);
      },
      enough: (entry, beginning) => {
        if (kernel.program.holdsNul(beginning, BINARY_LOOK) === 0) return false;
        add(entry, BINARY, NO_HITS);
        return true;
      },
      lost: (entry, loss) => {
        add(entry, LOST, NO_HITS);
        this.#lose(pack.name, loss);
      },
    };
  }

  #commitVisitor(pack: Pack): Visitor {
    const { ids, idLength } = pack.index;
    return this.#plainVisitor(pack, (entry, content, size) =>
      this.commits.add(ids, (pack.rows[entry] as number) * idLength, content, size),
    );
  }

  #treeVisitor(pack: Pack): Visitor {
    const { ids, idLength } = pack.index;
    return this.#plainVisitor(pack, (entry, content, size) =>
      this.trees.add(ids, (pack.rows[entry] as number) * idLength, content, size),
    );
  }

  #plainVisitor(pack: Pack, add: (entry: number, content: Buffer, size: number) => boolean): Visitor {
    const { kernel } = this.#options;
    return {
      peek: Number.POSITIVE_INFINITY,
      enough: () => false,
      visit: (entry, content, size) => {
        if (!add(entry, kernel.memory.subarray(content, content + size), size)) this.#lose(pack.name, 'damaged');
      },
      lost: (_entry, loss) => this.#lose(pack.name, loss),
    };
  }

  /** Reads loose objects once to know what each is; blobs are looked at right away. */
  async #sortLoose(): Promise<void> {
    const { store } = this.#options;
    for (const folder of store.folders) {
      for (const id of looseIds(folder, store.idLength)) {
        const bytes = Buffer.from(id, 'hex');
        if (store.isPacked(bytes)) continue;
        const object = readLoose(folder, id, store.inflater, store.largest);
        if (typeof object === 'string') {
          if (object !== 'absent') this.#loseLoose(bytes, object);
          continue;
        }
        const { type, content } = object;
        if (type === BLOB) {
          this.bytes += content.length;
          const list = this.#sweepLoose(content);
          this.blobs.add(bytes, 0, list === undefined ? BINARY : TEXT, list ?? NO_HITS);
        } else {
          const known = this.#loose.get(type);
          if (known === undefined) this.#loose.set(type, [[folder, id]]);
          else known.push([folder, id]);
        }
        if (++this.#done % 256 === 0) await this.#options.breathe();
      }
    }
  }

  #sweepLoose(content: Buffer): HitList | undefined {
    const { kernel, sweep } = this.#options;
    const address = kernel.allocate(content.length);
    content.copy(kernel.memory, address);
    const list = sweep.hits(address, content.length);
    kernel.free(address, content.length);
    return list;
  }

  #eachLoose(type: number, add: (id: Buffer, content: Buffer) => boolean): void {
    const { store } = this.#options;
    for (const [folder, id] of this.#loose.get(type) ?? []) {
      const object = readLoose(folder, id, store.inflater, store.largest);
      if (typeof object === 'string' || !add(Buffer.from(id, 'hex'), object.content)) this.#lose('loose', 'damaged');
    }
  }

  /** What kind of object it was nobody knows; files are looked up by it, so it is put down as one. */
  #loseLoose(id: Buffer, loss: Loss): void {
    this.blobs.add(id, 0, LOST, NO_HITS);
    this.#lose('loose', loss);
  }

  #lose(pack: string, loss: Loss): void {
    const key = `${loss} ${pack}`;
    this.losses.set(key, (this.losses.get(key) ?? 0) + 1);
  }
}

function countOf(packs: readonly Pack[], type: number): number {
  let count = 0;
  for (const { types } of packs) for (let i = 0; i < types.length; i++) if (types[i] === type) count++;
  return count;
}
