import type { Beat } from './beat.ts';
import type { ArtifactReader, Preparation } from './parts.ts';
import type { Terms } from './protocol.ts';

/** What an examiner works with; the same in a worker and in the scan's own thread. */
export interface Bench {
  readonly preparation: Preparation;
  readonly reader: ArtifactReader;
  readonly terms: Terms;
  readonly beat: Beat;
  /** Runs one look at an artifact; throws `BudgetSpent` where it can end one itself. */
  readonly guard: (work: () => void) => void;
}
