import type { Text } from './text.ts';

/** Where an artifact came from, beside its path. */
export type Origin =
  | { readonly kind: 'file' }
  | CommitOrigin
  | { readonly kind: 'layer'; readonly digest: string }
  | { readonly kind: 'url'; readonly url: string };

/** The commit that introduced the artifact. `date` is ISO 8601 of the author date. */
export interface CommitOrigin {
  readonly kind: 'commit';
  readonly commit: string;
  readonly author: string;
  readonly email: string;
  readonly date: string;
}

/** Lines from 1, both ends included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/**
 * One readable thing in a target.
 *
 * `path` is POSIX, relative to the target, never absolute, never with `..`; a member of an archive follows its archive
 * after `!` (`backup.zip!etc/passwd`). A name that is not valid UTF-8 has its wrong bytes as `\xNN`.
 */
export interface Artifact {
  readonly path: string;
  readonly origin: Origin;
  /** What the file holds as text; `undefined` for binary content, which checks of text never see. */
  readonly text: Text | undefined;
  /** All of them where there is a text; of binary content perhaps no more than the start. */
  readonly bytes: Buffer;
  /** The encoding of the file, where it was not UTF-8 and `text` is a transcription of it. */
  readonly encoding?: 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** In a scan of a change: the lines the change brought. `undefined`: the whole artifact is as new as its scan. */
  readonly added?: readonly LineRange[];
}

/**
 * An artifact not yet read: what a source lists, cheap enough for a million of them, and what crosses to a worker.
 * Reading it can yield several artifacts (an archive and its members) and problems.
 */
export interface ArtifactRef {
  readonly path: string;
  /** Bytes on disk; -1 where it is not known before reading. */
  readonly size: number;
  readonly origin: Origin;
  readonly content: Content;
  readonly added?: readonly LineRange[];
  /**
   * Changes whenever the content may have changed, without reading it (size, mtime, inode for a file; the object id for
   * a blob). Lets a second scan skip what it knows. `undefined`: never skip.
   */
  readonly stamp?: string;
}

export type Content =
  | { readonly kind: 'file'; readonly file: string | Buffer }
  | { readonly kind: 'memory'; readonly bytes: Uint8Array };
