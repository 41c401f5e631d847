import { resolve } from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';
import { type Refs, readRefs } from './refs.ts';
import { readRegular } from './regular-file.ts';

/** Where a repository keeps things, and what kind it is; the same for bare ones, work trees and submodules. */
export interface Repository {
  /** What git calls `--git-dir`: of a linked work tree its own folder. */
  readonly gitDir: string;
  readonly objects: string;
  /** Bytes of an object id: 20 for SHA-1, 32 for SHA-256. */
  readonly idLength: number;
  /** Commits whose parents were left out when it was cloned. */
  readonly shallow: ReadonlySet<string>;
  /** The commits and annotated tags that refs name, HEAD's commit first. */
  readonly tips: readonly string[];
  /** The commit of HEAD; `undefined` on a branch without commits. */
  readonly head: string | undefined;
}

const ID = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** Finds the repository that a folder belongs to. Throws a `SluiceError` of git's own words when there is none. */
export async function findRepository(git: Git, cwd: string, signal?: AbortSignal): Promise<Repository> {
  const options = { cwd, maxBytes: 1 << 30, ...(signal === undefined ? {} : { signal }) };
  const asked = ['--absolute-git-dir', '--git-common-dir', '--git-path', 'objects', '--git-path', 'shallow'];
  const [gitDir, commonDir, objects, shallow, format] = (
    await git.run(['rev-parse', ...asked, '--show-object-format'], options)
  )
    .toString('utf8')
    .split('\n');
  if (gitDir === undefined || commonDir === undefined || objects === undefined || shallow === undefined || !format) {
    throw new SluiceError('git-failed', 'git did not say where the repository is.');
  }
  const { head, tips } = readRefs(gitDir, resolve(cwd, commonDir)) ?? (await askForRefs(git, options));
  return {
    gitDir,
    objects: resolve(cwd, objects),
    idLength: format.trim() === 'sha256' ? 32 : 20,
    shallow: new Set(lines(resolve(cwd, shallow)).filter((line) => ID.test(line))),
    tips: [...new Set([...(head === undefined ? [] : [head]), ...tips])],
    head,
  };
}

/** What git says of refs that are not in files of their own or kept in another way. */
async function askForRefs(git: Git, options: { cwd: string }): Promise<Refs> {
  const refs = (await git.run(['for-each-ref', '--format=%(objecttype) %(objectname)'], options)).toString('latin1');
  return { head: await headOf(git, options), tips: tipsOf(refs) };
}

async function headOf(git: Git, options: { cwd: string }): Promise<string | undefined> {
  try {
    const id = (await git.run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], options))
      .toString('latin1')
      .trim();
    return ID.test(id) ? id : undefined;
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

/** What else a ref can name, a tree or a blob, is no history. */
const tipsOf = (refs: string): string[] =>
  refs.split('\n').flatMap((line) => {
    const [, id] = /^(?:commit|tag) ([0-9a-f]+)$/.exec(line) ?? [];
    return id !== undefined && ID.test(id) ? [id] : [];
  });

function lines(path: string): string[] {
  try {
    return readRegular(path).toString('utf8').split('\n');
  } catch {
    return [];
  }
}
