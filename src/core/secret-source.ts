import type { Secret } from './secret.ts';

/** Where a secret is asked for: of one environment, or of the repository where none is named. */
export interface SecretScope {
  readonly environment?: string;
}

/**
 * Somewhere that secrets come from: the store of the repository, a vault server, an encrypted file, the environment. The port
 * of `src/vault`.
 */
export interface SecretSource {
  /**
   * The value, or `undefined` where this source has none of that name. A value of the environment comes before one of the
   * repository. Names compare without regard to case.
   *
   * @throws SluiceError where the source cannot be asked: locked, refused, tampered with, not reached
   */
  get(name: string, scope?: SecretScope): Promise<Secret | undefined>;
  /** The names it has, in upper case and in order, without asking for a value where that can be avoided. */
  names(scope?: SecretScope): Promise<readonly string[]>;
}

/**
 * A service that keeps a key and lends its use: a key management service, a hardware module. `context` is authenticated,
 * not hidden: unwrapping with another one must fail.
 */
export interface KeyService {
  /** Which key, to be found again: `transit/shop`. Not secret. */
  readonly id: string;
  wrap(key: Uint8Array, context: string): Promise<Uint8Array>;
  unwrap(wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}

/** A file that a crash never leaves half-written, and that one process changes at a time. */
export interface DurableFile {
  /** For messages. */
  readonly path: string;
  /** What is there; `undefined` where there is no file. */
  read(): Buffer | undefined;
  /**
   * Replaces the content by what `edit` makes of it, while no other process can. When it resolves the disk holds it, and what was
   * there before is kept beside it (`.bak`). An `edit` that throws changes nothing.
   */
  change(edit: (content: Buffer | undefined) => Promise<Uint8Array>): Promise<void>;
}
