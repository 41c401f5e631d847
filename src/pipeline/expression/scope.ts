import type { Value } from '../workflow/model.ts';

/**
 * What expressions can see, by the name of the context: `{ github: …, env: …, secrets: … }`. A context that is left out
 * is null. Give `secrets` only where a template names secrets, and then only those (`Template.secrets`).
 */
export type Contexts = Readonly<Record<string, Value>>;

/** How it stands with the job, or with the jobs that a job needs (`skipped`: one of them did not run). */
export type Status = 'success' | 'failure' | 'cancelled' | 'skipped';

/** The functions that look outside; one that is left out cannot be called. */
export interface Functions {
  /** For `success()`, `failure()` and `cancelled()`; as a function, of the jobs that the call names (none named: all). */
  readonly status?: Status | ((jobs: readonly string[]) => Status);
  /** The hash of the files that the patterns match, hexadecimal; empty when none does: `hashPlace` of `src/pipeline/action`. */
  readonly hashFiles?: (patterns: readonly string[]) => string;
}
