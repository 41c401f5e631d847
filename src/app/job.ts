import type { Finding } from '#core/finding.ts';
import type { Git } from '#core/ports.ts';
import type { Problem } from '#core/problem.ts';
import type { Progress } from '#core/progress.ts';
import type { Coverage, ScanReport } from '#core/scan.ts';
import type { Target } from '#core/target.ts';
import type { Baseline } from '#engine/baseline.ts';
import type { IgnoreFile } from '#engine/ignore-file.ts';
import type { Preparation } from '#engine/parts.ts';
import type { Configuration } from './configuration.ts';
import type { FamilySetup } from './parts.ts';
import type { Selection } from './target.ts';

/** What a scan is asked to do; everything that is not said has the default of the command line. */
export interface ScanRequest extends Selection {
  readonly target: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly families?: readonly string[];
  /** gitleaks configurations beside those of the configuration. */
  readonly rules?: readonly string[];
  readonly config?: string;
  readonly policy?: string;
  /** A file; `true`: the configured or the usual one, if it is there; `false`: none. */
  readonly baseline: string | boolean;
  readonly verify: boolean;
  /** Providers that answer elsewhere than usual, `NAME=URL`. */
  readonly verifyEndpoints?: readonly string[];
  readonly cache: boolean;
  readonly workers?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface ScanOutcome {
  readonly report: ScanReport;
  /** Stopped before its end: the report holds a part, and must not be taken for the whole. */
  readonly interrupted: boolean;
}

/** What was found, by whichever way of reading: the same shape for files and for history. */
export interface Examination {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  readonly coverage: Coverage;
  readonly interrupted: boolean;
}

/** What both ways of reading start from. */
export interface ScanJob {
  readonly request: ScanRequest;
  readonly target: Target;
  readonly configuration: Configuration;
  readonly families: readonly FamilySetup[];
  readonly preparation: Preparation;
  readonly digest: string;
  readonly baseline: Baseline | undefined;
  readonly ignoreFiles: readonly IgnoreFile[];
  readonly git: Git;
  readonly now: Date;
}
