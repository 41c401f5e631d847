import type { ArtifactRef } from '#core/artifact.ts';
import type { CheckId, SecretHit } from '#core/check.ts';
import type { Location, Suppression } from '#core/finding.ts';
import type { Problem } from '#core/problem.ts';
import type { MaskedText } from '#core/secret.ts';
import type { Confidence, Severity } from '#core/severity.ts';

/**
 * What crosses between the scan and whoever examines artifacts for it, in another thread or in this one. Nothing here has
 * a field for scanned text that is not masked.
 */

/** A hit with place and frame, before hits of one cause become one finding. Also what the cache holds. */
export interface Draft {
  readonly check: CheckId;
  /** The anchor's key under a keyed hash: equal where the keys are, and of no use without the scan's key. */
  readonly key: string;
  readonly stable: string;
  readonly weak?: true;
  readonly location: Location;
  readonly message?: MaskedText;
  readonly severity?: Severity;
  readonly confidence?: Confidence;
  readonly secret?: SecretHit;
  readonly related?: readonly Location[];
  /** Comments that would suppress it; the scan decides which of them count today. */
  readonly suppressions?: readonly Suppression[];
  /** In a scan of a change: touches no line of it. */
  readonly old?: true;
}

/** What came of examining one ref. */
export interface Examined {
  readonly artifacts: number;
  readonly bytes: number;
  readonly binary: number;
  readonly drafts: readonly Draft[];
  readonly problems: readonly Problem[];
  /** Of the content, where it was asked for and the ref is one artifact. */
  readonly hash?: string;
  /** The content has the hash that was expected, so it was not looked at: what is known of it holds. */
  readonly unchanged?: true;
  /** Changed so lately that its stamp may stay the same when it changes again. */
  readonly fresh?: true;
}

/** One ref to examine. */
export interface Task {
  readonly ref: ArtifactRef;
  /** The hash that the content had when the cache learned of it. */
  readonly expected?: string;
  /** What ended a thread before and is to be left alone this time. */
  readonly skips: readonly Skip[];
}

/** Why an inspector is not run (again). */
export type SkipCause = 'budget-spent' | 'memory-spent' | 'worker-died';

export interface Skip {
  readonly cause: SkipCause;
  /** Which artifact of the ref, counted as they are read from 0; with {@link READING}, everything from there on. */
  readonly artifact: number;
  /** Index in `Preparation.inspectors`, or {@link READING}. */
  readonly inspector: number;
  /** Index in `Preparation.checks` of the check that was at work; -1 where the inspector did not say. */
  readonly check: number;
}

/** In place of an inspector: the reader was at work. */
export const READING = -1;

export interface ExamineLimits {
  readonly budgetMs: number;
  readonly hitsPerCheck: number;
  readonly hitsPerArtifact: number;
}

/** What a worker is started with. */
export interface WorkerData {
  readonly setup: unknown;
  readonly terms: Terms;
  readonly beat: SharedArrayBuffer;
}

/** What every examiner of one scan must know to give the same answers. */
export interface Terms {
  readonly limits: ExamineLimits;
  /** For keyed hashes of anchors; hexadecimal. */
  readonly key: string;
  /** Whether to hash contents, for the cache. */
  readonly hashing: boolean;
}
