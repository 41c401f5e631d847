import type { ArtifactRef, LineRange } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import type { GitOptions } from '#core/ports.ts';
import { addedLines, PATCH_OPTIONS } from './added-lines.ts';
import { tellUnreadEncodings } from './attributes.ts';
import { changesIn, RAW_OPTIONS } from './changes.ts';
import type { WorkTree } from './folder.ts';
import type { Name } from './lister.ts';
import { fieldsOf } from './names.ts';
import { batched, type SourceOptions, type Tally } from './source.ts';

/**
 * What changed from where HEAD's line left `revision` (their merge base) to the work tree, untracked files included: what
 * a review of the branch would show, and not what others did on `revision` since. See docs/adr/0006.
 */
export class Since {
  readonly #tree: WorkTree;
  readonly #root: string;
  readonly #options: SourceOptions;
  readonly #tally: Tally;

  constructor(root: string, tree: WorkTree, options: SourceOptions, tally: Tally) {
    this.#tree = tree;
    this.#root = root;
    this.#options = options;
    this.#tally = tally;
  }

  /** The commit to compare with. */
  async base(revision: string): Promise<string> {
    const commit = await this.#commit(revision);
    const head = await this.#ask(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    if (head === undefined) return commit;
    const base = await this.#ask(['merge-base', commit, head]);
    if (base === undefined && (await this.#isShallow())) {
      this.#tally.problems.push({
        code: 'history-shallow',
        message:
          'The history is too short to find where the branch started, so changes made elsewhere may count as new.',
        hint: 'Fetch the whole history first (`git fetch --unshallow`; in a GitHub workflow `fetch-depth: 0`).',
      });
    }
    return base ?? commit;
  }

  async *refs(base: string): AsyncGenerator<readonly ArtifactRef[]> {
    const nested: Name[] = [];
    yield* batched(this.#changed(base, nested));
    await this.#attributes();
    for (const name of nested) yield* this.#tree.nested(this.#root, '', name);
    yield* this.#tree.untracked(this.#root);
  }

  async *#changed(base: string, nested: Name[]): AsyncGenerator<ArtifactRef> {
    const added = await addedLines(this.#stream(['diff', ...PATCH_OPTIONS, base, '--']));
    const lister = this.#tree.lister(this.#root, '');
    const seen = new Set<string>();
    for await (const change of changesIn(this.#stream(['diff', ...RAW_OPTIONS, base, '--']))) {
      // A file in conflict is there twice.
      if (seen.has(change.path)) continue;
      seen.add(change.path);
      const ref = lister.look(change.name);
      if (ref === 'folder') nested.push(change.name);
      else if (ref !== undefined) yield withAdded(ref, change.status === 'M' ? added.get(change.path) : undefined);
    }
  }

  /** Those that were there before say how the files of the change are written, too. */
  async #attributes(): Promise<void> {
    const names: Name[] = [];
    const list = ['ls-files', '-z', '--cached', '--', ':(glob)**/.gitattributes'];
    for await (const some of fieldsOf(this.#stream(list))) names.push(...some);
    tellUnreadEncodings(this.#root, '', names, this.#tally);
  }

  async #commit(revision: string): Promise<string> {
    // An option, or a revision and its exclusion: `^main` names what is not to be looked at.
    const isOption = /^[-^]/.test(revision) || revision.includes('\0');
    const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
    const commit = isOption ? undefined : await this.#ask(args);
    if (commit !== undefined) return commit;
    throw new SluiceError('revision-unknown', `This repository has no revision ${JSON.stringify(revision)}.`, {
      hint: (await this.#isShallow())
        ? 'The clone is shallow: fetch more of its history (`git fetch --unshallow`; in a GitHub workflow `fetch-depth: 0`).'
        : 'Name a branch, a tag or a commit that `git log` knows; `git fetch` brings those of the remote.',
    });
  }

  async #isShallow(): Promise<boolean> {
    return (await this.#ask(['rev-parse', '--is-shallow-repository'])) === 'true';
  }

  /** The answer of a git that may well say no; `undefined` then. */
  async #ask(args: readonly string[]): Promise<string | undefined> {
    try {
      return (await this.#options.git.run(args, this.#run())).toString('utf8').trim().split('\n')[0];
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'git-failed') return undefined;
      throw error;
    }
  }

  #stream(args: readonly string[]): AsyncIterable<Buffer> {
    return this.#options.git.stream(args, this.#run());
  }

  #run(): GitOptions {
    const { signal } = this.#options;
    return { cwd: this.#root, ...(signal === undefined ? {} : { signal }) };
  }
}

const withAdded = (ref: ArtifactRef, added: readonly LineRange[] | undefined): ArtifactRef =>
  added === undefined ? ref : { ...ref, added };
