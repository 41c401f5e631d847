import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SluiceError } from '#core/error.ts';
import type { Git } from '#core/ports.ts';

export interface CloneOptions {
  readonly git: Git;
  /** Every ref with its whole history, and not only the newest commit of the default branch. */
  readonly history: boolean;
  readonly signal?: AbortSignal;
}

/** A repository cloned into a temporary folder of its own. */
export interface Clone {
  /** The bare repository. */
  readonly path: string;
  /** Removes it. */
  close(): Promise<void>;
}

/** A remote that stops talking is given up after this many seconds. */
const SILENCE_SECONDS = 60;

/**
 * Clones a repository without a work tree: nothing of it is checked out, so no filter, hook, submodule, link or file name
 * of it gets to do anything. Only the transport that the address names may be used.
 *
 * Errors: `url-unsupported`, `clone-failed`.
 */
export async function cloneRepository(url: string, options: CloneOptions): Promise<Clone> {
  const protocol = protocolOf(url);
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-clone-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const repository = path.join(folder, 'repository.git');
  const depth = options.history ? ['--mirror'] : ['--bare', '--depth=1', '--single-branch', '--no-tags'];
  const patience = ['-c', 'http.lowSpeedLimit=1', '-c', `http.lowSpeedTime=${SILENCE_SECONDS}`];
  try {
    await options.git.run([...patience, 'clone', '--quiet', '--template=', ...depth, '--', url, repository], {
      cwd: folder,
      protocols: [protocol],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { path: repository, close };
  } catch (error) {
    await close();
    if (!(error instanceof SluiceError) || error.code !== 'git-failed') throw error;
    throw new SluiceError('clone-failed', `The repository could not be cloned: ${error.message}`, {
      hint: 'Check the address and your access to it; nothing is asked for while a scan runs.',
      cause: error,
    });
  }
}

/** `user@host:path`, as ssh users write it; not a drive letter, and no host that would look like an option. */
const SCP_LIKE = /^(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9][\w.-]+:(?!\/\/)./;

/** The one transport that an address asks for. */
export function protocolOf(url: string): string {
  const scheme = /^([a-z]+):\/\/[^-]/.exec(url)?.[1];
  if (scheme !== undefined && ['https', 'http', 'ssh', 'git', 'file'].includes(scheme)) return scheme;
  if (scheme === undefined && SCP_LIKE.test(url) && !url.includes('::')) return 'ssh';
  throw new SluiceError('url-unsupported', 'This is no address of a git repository that can be cloned.', {
    hint: 'Use https://…, ssh://…, git://…, file:///… or user@host:path.',
  });
}
