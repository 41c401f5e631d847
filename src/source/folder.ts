import { lstatSync, realpathSync } from 'node:fs';
import type { ArtifactRef } from '#core/artifact.ts';
import { SluiceError } from '#core/error.ts';
import { isAttributesFile, tellUnreadEncodings } from './attributes.ts';
import { Exclusion } from './ignore-rules.ts';
import { addressOf, Lister, type Name, shown } from './lister.ts';
import { isInside } from './name.ts';
import { fieldsOf } from './names.ts';
import { repositoryAbove } from './repository.ts';
import { BATCH_SIZE, batchedAtOnce, type SourceOptions, type Tally } from './source.ts';
import { Walk } from './walk.ts';

const LIST = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
const LIST_UNTRACKED = ['ls-files', '-z', '--others', '--exclude-standard'];
const LIST_IGNORED = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
/** Repositories within repositories; deeper ones are a trap. */
const MAX_NESTING = 16;

/** What stands in a folder that is read by git's list of files. */
export class WorkTree {
  readonly #options: SourceOptions;
  readonly #tally: Tally;
  readonly #exclusion: Exclusion;

  constructor(options: SourceOptions, tally: Tally) {
    this.#options = options;
    this.#tally = tally;
    this.#exclusion = new Exclusion(options.exclude ?? []);
  }

  /** Every file of a folder: what git tracks, and what it does not ignore. */
  async *files(root: string): AsyncGenerator<readonly ArtifactRef[]> {
    yield* this.#listed(root, '', LIST, 0);
  }

  /** Only the files that git neither tracks nor ignores. */
  async *untracked(root: string): AsyncGenerator<readonly ArtifactRef[]> {
    yield* this.#listed(root, '', LIST_UNTRACKED, 0);
  }

  /** Every file of a folder that git knows nothing about. */
  async *walked(root: string, prefix = ''): AsyncGenerator<readonly ArtifactRef[]> {
    const lister = this.lister(root, prefix);
    yield* batchedAtOnce(new Walk(root, prefix, lister, this.#exclusion, this.#tally).files());
  }

  /** A submodule or an embedded repository, by the name git gave it. */
  async *nested(root: string, prefix: string, name: Name, depth = 0): AsyncGenerator<readonly ArtifactRef[]> {
    const path = prefix + shown(name);
    if (this.#exclusion.excludesFolder(path)) {
      this.#tally.counts.excluded += 1;
      return;
    }
    const folder = addressOf(root, name);
    if (typeof folder !== 'string') return this.#problem('repository-unreadable', 'Its name is not UTF-8.', path);
    if (depth >= MAX_NESTING) return this.#problem('folder-too-deep', 'Too many repositories within each other.', path);
    if (lstatSync(addressOf(folder, '.git'), { throwIfNoEntry: false }) !== undefined) {
      yield* this.#listed(folder, `${path}/`, LIST, depth + 1);
    } else if (await this.#isSubmodule(root, name)) {
      this.#problem(
        'submodule-absent',
        'The submodule is not checked out.',
        path,
        'Run `git submodule update --init`.',
      );
    }
  }

  lister(root: string, prefix: string): Lister {
    return new Lister(root, prefix, this.#exclusion, this.#tally);
  }

  async *#listed(root: string, prefix: string, list: string[], depth: number): AsyncGenerator<readonly ArtifactRef[]> {
    if (!(await this.#isItsOwn(root))) {
      this.#problem(
        'repository-unreadable',
        'Listed without git: its configuration says that its files are elsewhere.',
        prefix || '.',
      );
      yield* this.walked(root, prefix);
      return;
    }
    const nested: Name[] = [];
    const attributes: Name[] = [];
    let some = false;
    const ignored = this.#countIgnored(root);
    const lister = this.lister(root, prefix);
    try {
      for await (const names of fieldsOf(this.#git(list, root))) {
        some = true;
        attributes.push(...names.filter(isAttributesFile));
        for (let at = 0; at < names.length; at += BATCH_SIZE) {
          yield this.#refs(names.slice(at, at + BATCH_SIZE), lister, nested);
        }
      }
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#problem('repository-unreadable', `git could not list its files: ${error.message}`, prefix || '.');
      if (!some) yield* this.walked(root, prefix);
    }
    await ignored;
    tellUnreadEncodings(root, prefix, attributes, this.#tally);
    for (const name of nested) yield* this.nested(root, prefix, name, depth);
  }

  #refs(names: readonly Name[], lister: Lister, nested: Name[]): ArtifactRef[] {
    const refs: ArtifactRef[] = [];
    for (const name of names) {
      const repository = nestedName(name);
      if (repository !== undefined) nested.push(repository);
      else if (typeof name !== 'string' || isInside(name)) {
        const ref = lister.look(name);
        if (ref === 'folder') nested.push(name);
        else if (ref !== undefined) refs.push(ref);
      }
    }
    return refs;
  }

  async #countIgnored(root: string): Promise<void> {
    try {
      for await (const names of fieldsOf(this.#git(LIST_IGNORED, root, () => undefined))) {
        this.#tally.counts.excluded += names.length;
      }
    } catch {
      // The list of files fails in the same way and says so.
    }
  }

  /**
   * Whether the work tree that git sees from here is that of the nearest `.git`. By `core.worktree` a repository can name any
   * other, and then git lists what is there, of which little or nothing is here.
   */
  async #isItsOwn(root: string): Promise<boolean> {
    try {
      const answer = await this.#options.git.run(['rev-parse', '--show-toplevel'], { cwd: root });
      return realpathSync(answer.toString('utf8').replace(/\r?\n$/, '')) === repositoryAbove(realpathSync(root));
    } catch (error) {
      // The list of files says what is wrong.
      if (error instanceof SluiceError) return true;
      return false;
    }
  }

  async #isSubmodule(root: string, name: Name): Promise<boolean> {
    const args = ['--literal-pathspecs', 'ls-files', '-s', '-z', '--', shown(name)];
    const answer = await this.#options.git.run(args, { cwd: root });
    return answer.subarray(0, 7).equals(Buffer.from('160000 '));
  }

  #git(args: readonly string[], cwd: string, onWarning = this.#warned): AsyncIterable<Buffer> {
    const { git, signal } = this.#options;
    return git.stream(args, { cwd, onWarning, ...(signal === undefined ? {} : { signal }) });
  }

  readonly #warned = (line: string): void => {
    // git cuts a warning off after some thousand characters, perhaps before the name ends.
    const path = /could not open directory '(.+?)\/?(?:'|$)/.exec(line)?.[1];
    if (path !== undefined) this.#problem('file-unreadable', 'Cannot be read: git could not open the folder.', path);
  };

  #problem(code: string, message: string, path: string, hint?: string): void {
    this.#tally.problems.push({ code, message, path, ...(hint === undefined ? {} : { hint }) });
  }
}

/** git prints an untracked repository as a folder with a slash at its end. */
function nestedName(name: Name): Name | undefined {
  if (typeof name === 'string')
    return name.endsWith('/') && isInside(name) && name !== './' ? name.slice(0, -1) : undefined;
  return name.at(-1) === 0x2f ? name.subarray(0, -1) : undefined;
}
