import { existsSync, statSync } from 'node:fs';
import { SluiceError } from '#core/error.ts';
import type { Target } from '#core/target.ts';

/** How the command line narrows a target. */
export interface Selection {
  readonly staged: boolean;
  readonly history: boolean;
  readonly since?: string;
  /** A range of commits, as git writes it; implies `history`. */
  readonly commits?: string;
}

const SCHEME = /^(?:https?|ssh|git|file):\/\//;
/** `git@host:team/shop.git`, as git itself understands it: a host before the first colon, no slash before it. */
const SCP_LIKE = /^[\w.-]+@[\w.-]+:[^/].*$/;
/** What people call archives; what is one is decided by its first bytes. */
export const ARCHIVE_NAME = /\.(?:zip|jar|war|ear|whl|nupkg|apk|tar|tgz|tar\.(?:gz|xz|zst)|gz|xz|zst)$/i;

/**
 * What a word on the command line means: a path that exists always means itself.
 *
 * @throws SluiceError `path-not-found`; `target-conflict` for a selection that makes no sense for it
 */
export function targetOf(word: string, selection: Selection): Target {
  if (!existsSync(word) && (SCHEME.test(word) || SCP_LIKE.test(word))) {
    if (selection.staged || selection.since !== undefined || selection.commits !== undefined) {
      throw new SluiceError('target-conflict', 'a repository at a URL has no work tree to compare with', {
        hint: 'Clone it, or use --history.',
      });
    }
    return { kind: 'url', url: word, history: selection.history };
  }
  const stats = statSync(word, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new SluiceError('path-not-found', `there is no ${word}`, {
      hint: 'Name a folder, a file, an archive or a git URL.',
    });
  }
  if (selection.staged) return { kind: 'staged', path: word };
  const { commits } = selection;
  if (selection.history || commits !== undefined) {
    return { kind: 'history', path: word, ...(commits === undefined ? {} : { commits }) };
  }
  if (selection.since !== undefined) return { kind: 'since', path: word, revision: selection.since };
  return { kind: stats.isFile() && ARCHIVE_NAME.test(word) ? 'archive' : 'folder', path: word };
}

/** The folder on this disk that a target is about; the current one for a URL. */
export const folderOf = (target: Target): string => (target.kind === 'url' ? process.cwd() : target.path);
