/** A place in a file the user wrote; lines and columns count from 1, columns in UTF-16 code units. */
export interface FilePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface SluiceErrorOptions {
  /** What the user can do about it, as a sentence. */
  readonly hint?: string;
  readonly at?: FilePosition;
  readonly cause?: unknown;
}

/**
 * The user's mistake at an edge: a missing path, a broken `sluice.yaml`, an unknown option. The CLI prints message, place
 * and hint without a stack trace and exits 2. Anything thrown that is not a `SluiceError` is a defect of ours (exit 70).
 *
 * Not for what a scan could not do: that is a {@link Problem}, which is part of the result. Never put a secret or a
 * line of scanned text into `message`.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  /** Stable and kebab-case, for machines: `path-not-found`, `config-invalid`. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly at: FilePosition | undefined;

  constructor(code: string, message: string, options: SluiceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.at = options.at;
  }
}
