import type { ArtifactRef } from '#core/artifact.ts';
import type { CheckSummary } from '#core/check.ts';
import type { Finding } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { Progress } from '#core/progress.ts';
import type { Coverage } from '#core/scan.ts';
import type { Baseline } from './baseline.ts';
import type { IgnoreFile } from './ignore-file.ts';
import type { Parts, Preparation } from './parts.ts';

/** What {@link scan} is given: the artifacts, the checks that look at them, and how far each may go. */
export interface ScanInput<Setup = unknown> {
  /**
   * The artifacts in batches of any size, listed lazily: the scan pulls a batch only when it has room for it. Their
   * order decides nothing but which findings stay when a limit is reached, so it must be the same for the same input.
   */
  readonly refs: AsyncIterable<readonly ArtifactRef[]> | Iterable<readonly ArtifactRef[]>;
  /** Every check that takes part; a hit of any other is a `check-failed` problem. */
  readonly checks: readonly CheckSummary[];
  /** The same parts that the worker's entry gives to `runWorker`, for scans too small to be worth a worker. */
  readonly parts: Parts<Setup>;
  /** What `parts.prepare` is called with, here and in each worker. Must survive structured clone. */
  readonly setup: Setup;
  /** What `parts.prepare` gave for this setup already, in this thread; saves a small scan from asking again. */
  readonly prepared?: Preparation;
  readonly workers: WorkerOptions;
  readonly limits?: Partial<ScanLimits>;
  readonly baseline?: Baseline;
  /** Present where only what a change brought is looked at; `formerPaths`: what the files it renamed were called before. */
  readonly change?: { readonly formerPaths: ReadonlyMap<string, string> };
  readonly suppression?: SuppressionOptions;
  /** Decides which suppressions have expired; nothing else depends on it. */
  readonly now: Date;
  readonly cache?: CacheOptions;
  readonly progress?: Progress;
  /** Stops the scan: workers end at once and the result holds what was found so far, marked `interrupted`. */
  readonly signal?: AbortSignal;
}

export interface WorkerOptions {
  /** The module a worker starts with; it must call `runWorker`. */
  readonly entry: URL;
  /**
   * How many at most; `undefined`: one per core, four at most. With 0 everything runs in this thread, where a check that
   * hangs is still ended but one that exhausts the memory takes the process with it.
   */
  readonly count?: number;
}

/** Bounds of one scan. Reaching one is a problem in the result, never silence. */
export interface ScanLimits {
  /** How long one family of checks may look at one artifact, and how long a read may stand still. */
  readonly budgetMs: number;
  /** JavaScript heap of each worker; a worker that needs more ends, and the artifact at fault is a problem. */
  readonly memoryMb: number;
  /** Hits of one check in one artifact. */
  readonly hitsPerCheck: number;
  /** Hits of all checks in one artifact, archive members counted apart. */
  readonly hitsPerArtifact: number;
  /** Places of findings in the whole result. */
  readonly places: number;
  /** Problems of one code in the whole result; the rest become one problem that counts them. */
  readonly problemsPerCode: number;
}

export interface SuppressionOptions {
  /** An inline suppression of ours without a reason does not count, and is a problem. */
  readonly requireReason?: boolean;
  /** Parsed `.gitleaksignore` files. */
  readonly ignoreFiles?: readonly IgnoreFile[];
}

export interface CacheOptions {
  /** A folder of the user's, made when absent; outside of the target, which could bring answers of its own. */
  readonly folder: string;
  /** One cache per name: give each target (and each way to look at it) its own. Letters, digits, `-` and `.`. */
  readonly name: string;
  /** Changes whenever an answer may change: the program's version, the families' digests, the reader's limits. */
  readonly digest: string;
}

export interface ScanResult {
  /** Sorted by path, line, column, check; suppressed and known ones included. */
  readonly findings: readonly Finding[];
  /** Sorted by `compareProblems`. */
  readonly problems: readonly Problem[];
  /** `excluded` and `commits` are the source's to know. */
  readonly coverage: Pick<Coverage, 'artifacts' | 'bytes' | 'binary' | 'checks'>;
  /** How the baseline fared; zeros where none was given. */
  readonly baseline: { readonly matched: number; readonly stale: number };
  /** How many artifacts the cache answered for. Not for reports: it differs between two scans of the same input. */
  readonly cached: number;
  readonly interrupted: boolean;
}

export const DEFAULT_LIMITS: ScanLimits = {
  budgetMs: 10_000,
  memoryMb: 512,
  hitsPerCheck: 1_000,
  hitsPerArtifact: 5_000,
  places: 50_000,
  problemsPerCode: 1_000,
};
