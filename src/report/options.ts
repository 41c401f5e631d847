import type { CheckDocumentation, CheckId } from '#core/check.ts';

/** Where the scanned files are kept, for formats that can say so (SARIF `versionControlProvenance`). */
export interface Repository {
  /** Without user name or password. */
  readonly uri: string;
  readonly revision?: string;
  readonly branch?: string;
}

/** What a report needs to know beside the result. Formats for machines ignore colour and width. */
export interface RenderOptions {
  /** ANSI colours; the caller decides by terminal, `NO_COLOR` and flags. */
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Everything, also what is usually counted only. */
  readonly verbose: boolean;
  /** Does the terminal show UTF-8? Signs are plain ASCII where not. Default: yes. */
  readonly unicode?: boolean;
  /** The documentation of a check, where the caller has loaded it. */
  readonly documentation?: (check: CheckId) => CheckDocumentation | undefined;
  readonly repository?: Repository;
}

/** For output that is no terminal. */
export const PLAIN: RenderOptions = { color: false, width: 100, verbose: false };

/**
 * A report in pieces, in order, each made when it is asked for: all of a large one together would be longer than a string
 * can be (512 MiB). A piece may be a line or a megabyte; join or gather them as it suits the place they go to.
 */
export type Pieces = Generator<string, void>;
